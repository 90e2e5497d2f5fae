/** The client, and the proxy, with the web servers that stand before components: nginx, haproxy and uvicorn. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Apply, Component, DifferentiableComponent, Float64, type NdArray } from 'cotangent';
import { type ConnectOptions, connect } from '../../src/client/index.js';
import { startProxy } from '../../src/proxy/proxy.js';
import { vectorDocument } from '../client/document.js';
import { type Served, served } from '../interchange/served.js';
import { type Folder, folder, freePort, running } from './running.js';

class Vector {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
}

@Component({ inputs: Vector, outputs: Vector })
class Same extends DifferentiableComponent<Vector, Vector> {
  @Apply()
  apply({ x }: Vector) {
    return { x };
  }
}

const fixture = (name: string): string => resolve(import.meta.dirname, '../fixtures/client', name);
const [pem, key] = ['localhost.pem', 'localhost.key'].map((name) => readFileSync(fixture(name), 'utf8'));
const ports: Record<string, number> = {};
const ends: (() => Promise<void> | void)[] = [];
let component: Served;
let files: Folder;

function nginx({ plain, secure, brief }: Record<string, number>, upstream: string): string {
  const pass = `proxy_pass ${upstream}/; proxy_http_version 1.1; proxy_set_header Connection "";`;
  return `
    daemon off; worker_processes 1; pid ${files.path('nginx.pid')}; error_log ${files.path('error.log')};
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    events { worker_connections 512; }
    http {
      access_log off; keepalive_requests 50;
      ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${files.path(one)};`).join(' ')}
      gzip on; gzip_min_length 1; gzip_types application/json application/json+base64; gzip_proxied any;
      server {
        listen 127.0.0.1:${plain}; listen unix:${files.path('nginx.sock')};
        location / { client_max_body_size 300m; ${pass} }
        location /login/ { auth_basic "here"; auth_basic_user_file ${files.path('users')}; ${pass} }
        location /small/ { client_max_body_size 1m; ${pass} }
        location /gone/ { proxy_pass http://127.0.0.1:9/; }
        location /moved/ { return 307 /openapi.json; }
      }
      server { listen 127.0.0.1:${brief}; keepalive_timeout 1s; location / { ${pass} } }
      server {
        listen 127.0.0.1:${secure} ssl; ssl_certificate ${fixture('localhost.pem')}; ssl_certificate_key ${fixture('localhost.key')};
        ssl_verify_client on; ssl_client_certificate ${fixture('localhost.pem')};
        location / { ${pass} }
      }
    }`;
}

function haproxy({ balanced, down }: Record<string, number>, upstream: string): string {
  return `
    global
      maxconn 500
    defaults
      mode http
      timeout connect 2s
      timeout client 5s
      timeout server 5s
      timeout http-keep-alive 1s
    frontend balanced
      bind 127.0.0.1:${balanced}
      default_backend component
    backend component
      server one ${new URL(upstream).host}
    frontend down
      bind 127.0.0.1:${down}
      default_backend nobody
    backend nobody
      server one 127.0.0.1:9
`;
}

const application = `
import json
document = json.loads(${JSON.stringify(JSON.stringify(vectorDocument))})
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    answer = document if scope["method"] == "GET" else {"y": json.loads(body)["inputs"]["x"]}
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
`;

beforeAll(async () => {
  component = await served(Same);
  files = folder();
  for (const name of ['plain', 'secure', 'brief', 'balanced', 'down', 'h11', 'httptools'])
    ports[name] = await freePort();
  files.write('users', 'user:{PLAIN}p@ss/word\n');
  files.write('application.py', application);
  const conf = files.write('nginx.conf', nginx(ports, component.url));
  ends.push(await running('nginx', ['-c', conf, '-p', files.path('')], ports['plain']!));
  ends.push(
    await running(
      'haproxy',
      ['-db', '-f', files.write('haproxy.cfg', haproxy(ports, component.url))],
      ports['balanced']!,
    ),
  );
  for (const http of ['h11', 'httptools']) {
    const args = [
      '--app-dir',
      files.path(''),
      '--http',
      http,
      '--port',
      String(ports[http]),
      '--timeout-keep-alive',
      '1',
    ];
    ends.push(await running(process.env['COTANGENT_UVICORN'] ?? 'uvicorn', [...args, 'application:app'], ports[http]!));
  }
});

afterAll(async () => {
  for (const end of ends.reverse()) await end();
  await component.close();
  files.remove();
});

const at = (name: string, path = ''): string => `http://127.0.0.1:${ports[name]}${path}`;
const numbers = (length: number) => Float64Array.from({ length }, (_, i) => i / 3);

async function opened(url: string, options: ConnectOptions = {}) {
  const handle = await connect<{ x: unknown }, Record<string, NdArray>>(url, { timeout: 30_000, ...options });
  return async (x: Float64Array) => Object.values(await handle.apply({ x }))[0]!.data;
}

describe.each(['plain', 'brief', 'balanced', 'h11', 'httptools'])('behind %s', (name) => {
  test('forty calls at once get their own answers, and large ones come whole', async () => {
    const call = await opened(at(name));
    const all = await Promise.all(Array.from({ length: 40 }, (_, i) => call(Float64Array.of(i, -i))));
    expect(all).toEqual(Array.from({ length: 40 }, (_, i) => Float64Array.of(i, -i)));
    const many = numbers(50_000);
    expect(await call(many)).toEqual(many);
  });
});

/** Call every second or so, about when the other side gives an idle connection up. */
async function atTheEdge(url: string): Promise<void> {
  const call = await opened(url);
  for (let i = 0; i < 8; i++) {
    expect(await call(Float64Array.of(i))).toEqual(Float64Array.of(i));
    await new Promise((done) => setTimeout(done, 985 + 5 * (i % 7)));
  }
}

test('calls at the edge of how long a connection may idle all succeed, behind each and through our proxy', async () => {
  const names = ['brief', 'balanced', 'h11', 'httptools'];
  const proxies = await Promise.all(names.map((name) => startProxy({ url: at(name), derive: [], port: 0 })));
  await Promise.all([...names.map((name) => at(name)), ...proxies.map(({ url }) => url)].map(atTheEdge));
  for (const proxy of proxies) await proxy.close();
});

describe('nginx', () => {
  test.each([undefined, 'gzip', 'gzip, br', 'deflate, gzip;q=0.5'])(
    'with accept-encoding %p gives the right values',
    async (coding) => {
      const call = await opened(at('plain'), coding === undefined ? {} : { headers: { 'Accept-Encoding': coding } });
      expect(await call(numbers(20_000))).toEqual(numbers(20_000));
    },
  );

  test('with a login takes credentials of the address, and of a header', async () => {
    const call = await opened(at('plain', '/login').replace('://', '://user:p%40ss%2Fword@'));
    expect(await call(Float64Array.of(1))).toEqual(Float64Array.of(1));
    const authorization = `Basic ${Buffer.from('user:p@ss/word').toString('base64')}`;
    expect(await (await opened(at('plain', '/login'), { headers: { authorization } }))(Float64Array.of(2))).toEqual(
      Float64Array.of(2),
    );
    await expect(connect(at('plain', '/login'))).rejects.toThrow(/status 401.*Give a token/);
    await expect(connect(at('plain', '/login').replace('://', '://user:no@'))).rejects.toThrow(/status 401/);
  });

  test('with a limit of bodies says so, however large the body is', async () => {
    const call = await opened(at('plain', '/small'));
    for (const length of [200_000, 3_000_000]) {
      await expect(call(numbers(length))).rejects.toMatchObject({
        code: 'E_REMOTE_FAILED',
        fields: { status: '413', reason: expect.stringMatching(/^Request Entity Too Large\. .*client_max_body_size/) },
      });
    }
  });

  test('before nothing says that it is a bad gateway', async () => {
    await expect(connect(at('plain', '/gone'))).rejects.toThrow(/status 502, Bad Gateway/);
  });

  test('is reached by a Unix socket', async () => {
    const call = await opened(`unix:${files.path('nginx.sock')}`);
    expect(await call(numbers(100_000))).toEqual(numbers(100_000));
  });

  test('that asks for a certificate takes ours, and nobody without', async () => {
    const url = `https://localhost:${ports['secure']}`;
    const call = await opened(url, { tls: { ca: pem, cert: pem, key } });
    expect(await call(numbers(1000))).toEqual(numbers(1000));
    await expect(connect(url, { tls: { ca: pem } })).rejects.toThrow(/status 400/);
    await expect(connect(url)).rejects.toMatchObject({ code: 'E_REMOTE_UNREACHABLE' });
  });
});

describe('haproxy', () => {
  test('before nothing says that no service is there', async () => {
    await expect(connect(at('down'), { retries: 0 })).rejects.toThrow(/status 503, /);
  });
});

describe('our proxy', () => {
  test('before a limit of bodies passes its refusal on, for bodies of every size', async () => {
    const proxy = await startProxy({ url: at('plain', '/small'), derive: [], port: 0 });
    const call = await opened(proxy.url);
    for (const length of [120_000, 200_000, 3_000_000]) {
      await expect(call(numbers(length))).rejects.toMatchObject({ fields: { status: '413' } });
    }
    await proxy.close();
  });
});
