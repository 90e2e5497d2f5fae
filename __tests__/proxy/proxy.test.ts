/** A proxy in front of a component: what it passes on, what it derives, and what it says of both. */
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  Apply,
  array,
  Component,
  Derive,
  DifferentiableComponent,
  Float64,
  Jacobian,
  type JacobianRequest,
  type NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { connect } from '../../src/client/index.js';
import { type ProxyLine, type RunningProxy, startProxy } from '../../src/proxy/proxy.js';
import { type Received, type Stub, stub, stubFor } from '../client/stub.js';
import { type Served, served } from '../interchange/served.js';

class Inputs {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
}

class Outputs {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

/** y = x², of which there is only a Jacobian. */
@Component({ inputs: Inputs, outputs: Outputs, version: '4.0.0' })
class Squares extends DifferentiableComponent<Inputs, Outputs> {
  @Apply()
  apply({ x }: Inputs) {
    return { y: array(x.data.map((value) => value * value)) };
  }

  @Jacobian()
  jacobian({ inputs: { x } }: JacobianRequest<Inputs>) {
    const row = (value: number, i: number) => Array.from(x.data, (_, j) => (i === j ? 2 * value : 0));
    return { y: { x: Array.from(x.data, row) } };
  }
}

@Component({ inputs: Inputs, outputs: Outputs })
@Derive('vjpFromJacobian')
class SquaresWithVjp extends Squares {}

let upstream: Served;
let proxy: RunningProxy;
const lines: ProxyLine[] = [];

beforeAll(async () => {
  upstream = await served(Squares);
  const onRequest = (line: ProxyLine) => void lines.push(line);
  proxy = await startProxy({ url: upstream.url, derive: ['vjpFromJacobian', 'jvpFromJacobian'], port: 0, onRequest });
});

afterAll(async () => {
  await proxy.close();
  await upstream.close();
});

async function exchange(url: string, body?: unknown, headers: Record<string, string> = {}) {
  const post = {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
  const answer = await fetch(url, body === undefined ? { headers } : post);
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
}

describe('what is passed on', () => {
  test.each([
    ['health', '/health', undefined],
    ['a request', '/apply', { inputs: { x: [1, 2] } }],
    ['a request that does not fit', '/apply', { inputs: { x: 'no' } }],
    ['a derivative', '/jacobian', { inputs: { x: [3] }, jac_inputs: ['x'], jac_outputs: ['y'] }],
    ['a path with a slash at its end', '/jacobian/', { inputs: { x: [3] }, jac_inputs: ['x'], jac_outputs: ['y'] }],
    ['a path that is not there', '/nothing', undefined],
    ['an endpoint that neither has', '/abstract_eval', { inputs: {} }],
  ])('%s is answered the same, byte for byte', async (_case, path, body) => {
    for (const accept of ['*/*', 'application/json+base64']) {
      const through = await exchange(`${proxy.url}${path}`, body, { accept });
      expect(through).toEqual(await exchange(`${upstream.url}${path}`, body, { accept }));
    }
  });

  test('a path that looks like an address stays a path', async () => {
    const answer = await exchange(`${proxy.url}//127.0.0.1:1/apply`);
    expect(answer.status).not.toBe(502);
  });
});

describe('between a caller and a component', () => {
  let component: Stub;
  let between: RunningProxy;
  let answer: (response: ServerResponse, received: Received) => void;
  const seen = () => component.received.at(-1)!;

  beforeAll(async () => {
    const document = JSON.parse((await exchange(`${upstream.url}/openapi.json`)).text);
    const own = { vjpFromJacobian: 'the component’s' };
    document.components.schemas.VJPInputSchema = own;
    component = await stubFor(document, (response, received) => answer(response, received));
    between = await startProxy({ url: component.url, derive: ['vjpFromJacobian'], port: 0 });
  });

  afterAll(async () => {
    await between.close();
    await component.close();
  });

  /** An exchange whose headers `fetch` would not send. */
  const asked = (path: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const { hostname, port } = new URL(between.url);
      request({ hostname, port, path, headers, method }, (response) => resolve(response.resume()))
        .on('error', reject)
        .end();
    });

  test('headers of one connection stay there, and all others pass, both ways', async () => {
    const connection = { te: 'trailers', 'proxy-authorization': 'Basic x', 'keep-alive': 'timeout=77', upgrade: 'h2c' };
    answer = (response) => {
      response.writeHead(200, {
        'x-back': '2',
        'proxy-authenticate': 'Basic',
        'keep-alive': 'timeout=99',
        trailer: 'x-end',
      });
      response.end('{}');
    };
    const { headers } = await asked('/health', {
      ...connection,
      connection: 'close',
      authorization: 'Bearer y',
      'x-forth': '1',
    });
    expect(seen().headers).toMatchObject({
      'x-forth': '1',
      authorization: 'Bearer y',
      host: new URL(component.url).host,
    });
    expect(Object.keys(seen().headers).filter((name) => name in connection)).toEqual([]);
    expect(headers).toMatchObject({ 'x-back': '2' });
    expect([headers['proxy-authenticate'], headers.trailer, headers['keep-alive']]).not.toContain('timeout=99');
    expect([headers['proxy-authenticate'], headers.trailer]).toEqual([undefined, undefined]);
  });

  test('the query of a request passes as it is', async () => {
    answer = (response) => response.end('{}');
    for (const path of ['/apply?run_id=a-1&x=%20', '/nothing?', '/a/b?c=/d/'] as const) {
      await asked(path, {});
      expect(seen().url).toBe(path);
    }
  });

  test('a request ends at the component when its caller has gone', async () => {
    const ended = new Promise<void>((resolve) => {
      answer = (response) => {
        response.on('close', () => resolve());
        caller.destroy();
      };
    });
    const { hostname, port } = new URL(between.url);
    const caller = request({ hostname, port, path: '/health' }).on('error', () => undefined);
    caller.end();
    await ended;
    expect(caller.destroyed).toBe(true);
  });

  test.each(['GET', 'PUT', 'DELETE', 'PATCH'])(
    'what is derived is not answered to %s, nor is the component asked',
    async (method) => {
      const before = component.received.length;
      expect((await asked('/vector_jacobian_product', {}, method)).statusCode).toBe(405);
      expect(component.received.length).toBe(before);
    },
  );

  test('what the component says of a schema stands above what the proxy would', async () => {
    const { components } = JSON.parse((await exchange(`${between.url}/openapi.json`)).text);
    expect(components.schemas.VJPInputSchema).toEqual({ vjpFromJacobian: 'the component’s' });
  });

  test('requests of any number and size are answered one after another: none is held', async () => {
    const limited = await startProxy({ url: upstream.url, derive: ['vjpFromJacobian'], port: 0, bodyLimit: 2000 });
    const point = { inputs: { x: [1] }, vjp_inputs: ['x'], vjp_outputs: ['y'], cotangent_vector: { y: [1] } };
    const text = `${JSON.stringify(point)}${' '.repeat(1800)}`;
    for (let i = 0; i < 12; i++) {
      const { status } = await fetch(`${limited.url}/vector_jacobian_product`, {
        method: 'POST',
        body: text,
        headers: { 'content-type': 'application/json' },
      });
      expect(status).toBe(200);
    }
    await limited.close();
  });
});

describe('what is derived', () => {
  test('xᵀ·J and J·x are those of the component itself', async () => {
    const handle = await connect<Inputs, Outputs>(proxy.url);
    const local = openComponent(SquaresWithVjp);
    const request = { inputs: { x: [1, -2, 0.5] }, cotangent: { y: [1, 10, 100] } };
    expect(await handle.vjp(request)).toEqual(await local.vjp(request));
    const pushed = await handle.jvp({ inputs: { x: [1, -2] }, tangent: { x: [1, 1] } });
    expect((pushed['y'] as NdArray).toNested()).toEqual([2, -4]);
  });

  test('a request that does not fit is refused as the component would', async () => {
    const handle = await connect<Inputs, Outputs>(proxy.url);
    const body = { inputs: { x: [1] }, vjp_inputs: ['x'], vjp_outputs: ['y'], cotangent_vector: { y: [1, 2] } };
    const { status, text } = await exchange(`${proxy.url}/vector_jacobian_product`, body);
    expect(status).toBe(422);
    expect(JSON.parse(text).detail[0].ctx.code).toBe('E_COTANGENT_SHAPE');
    await expect(handle.vjp({ inputs: { x: [1] }, cotangent: { z: 1 } })).rejects.toMatchObject({
      code: 'E_PATH_UNKNOWN',
    });
    expect((await exchange(`${proxy.url}/vector_jacobian_product`)).status).toBe(405);
  });

  test('the document lists the upstream’s paths and what is derived, marked as such', async () => {
    const document = JSON.parse((await exchange(`${proxy.url}/openapi.json`)).text);
    const before = JSON.parse((await exchange(`${upstream.url}/openapi.json`)).text);
    const added = ['/jacobian_vector_product', '/vector_jacobian_product'];
    expect(Object.keys(document.paths).sort()).toEqual([...Object.keys(before.paths), ...added].sort());
    for (const path of Object.keys(before.paths)) expect(document.paths[path]).toEqual(before.paths[path]);
    for (const name of Object.keys(before.components.schemas))
      expect(document.components.schemas[name]).toEqual(before.components.schemas[name]);
    expect(document.paths['/vector_jacobian_product'].post['x-derived-from'].rule).toBe('vjpFromJacobian');
    const { provenance } = await connect(proxy.url);
    expect(provenance.vjp).toMatchObject({ kind: 'derived', rule: 'vjpFromJacobian', from: ['jacobian'], exact: true });
    expect(provenance.jacobian).toEqual({ kind: 'own', method: 'jacobian' });
  });

  test('the log says which rule answered', () => {
    expect(lines).toContainEqual(
      expect.objectContaining({ path: '/vector_jacobian_product', status: 200, derived: 'vjpFromJacobian' }),
    );
    expect(lines.filter(({ path }) => path === '/apply').every((line) => !('derived' in line))).toBe(true);
  });
});

describe('probes of a derivation', () => {
  let [running, most] = [0, 0];

  @Component({ inputs: Inputs, outputs: Outputs })
  class Waiting extends DifferentiableComponent<Inputs, Outputs> {
    @Apply()
    apply({ x }: Inputs) {
      return new Squares().apply({ x });
    }

    @Vjp()
    async vjp({ inputs: { x }, cotangent }: VjpRequest<Inputs, Outputs>) {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 50));
      running--;
      return { x: x.data.map((value, i) => 2 * value * cotangent.y!.data[i]!) };
    }
  }

  test.each([
    [undefined, 4],
    [2, 2],
    [1, 1],
  ])('run as many at once as a proxy is told (%s), which is %i', async (concurrency, expected) => {
    const waiting = await served(Waiting);
    const sweeping = await startProxy({ url: waiting.url, derive: ['jacobianFromVjp'], port: 0, concurrency });
    most = 0;
    const body = { inputs: { x: [1, 2, 3, 4, 5, 6] }, jac_inputs: ['x'], jac_outputs: ['y'] };
    const { status, text } = await exchange(`${sweeping.url}/jacobian`, body, { accept: 'application/json' });
    expect([status, most]).toEqual([200, expected]);
    const diagonal = JSON.parse(text).y.x.data.buffer.map((row: number[], i: number) => row[i]);
    expect(diagonal).toEqual([2, 4, 6, 8, 10, 12]);
    await sweeping.close();
    await waiting.close();
  });
});

describe('what cannot be', () => {
  test.each([
    [['jacobianFromVjp'], 'E_DERIVE_OWN_EXISTS'],
    [['jvpFromVjp'], 'E_DERIVE_BASE_MISSING'],
    [['jvpFromVjp', 'jvpFromJacobian'], 'E_DERIVE_TWICE'],
    [['vjpFromHope'], 'E_DERIVE_UNKNOWN'],
  ])('%j raises %s', async (derive, code) => {
    await expect(startProxy({ url: upstream.url, derive: derive as never, port: 0 })).rejects.toMatchObject({ code });
  });

  test('a component that has gone is a 502, for what is passed on and for what is derived', async () => {
    const gone: Stub = await stub(async (response) => {
      response.end(await (await fetch(`${upstream.url}/openapi.json`)).text());
    });
    const orphan = await startProxy({ url: gone.url, derive: ['vjpFromJacobian'], port: 0 });
    await gone.close();
    const body = { inputs: { x: [1] }, vjp_inputs: ['x'], vjp_outputs: ['y'], cotangent_vector: { y: [1] } };
    for (const path of ['/apply', '/vector_jacobian_product']) {
      const { status, text } = await exchange(`${orphan.url}${path}`, body);
      expect([status, JSON.parse(text).detail]).toEqual([502, expect.stringMatching(/^E_REMOTE_UNREACHABLE/)]);
    }
    await orphan.close();
  });

  test('a port that is taken is an error', async () => {
    const port = Number(new URL(proxy.url).port);
    await expect(startProxy({ url: upstream.url, derive: [], port })).rejects.toMatchObject({ code: 'E_SERVE_LISTEN' });
  });
});
