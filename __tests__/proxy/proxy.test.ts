/** A proxy in front of a component: what it passes on, what it derives, and what it says of both. */
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
} from 'cotangent';
import { connect } from '../../src/client/index.js';
import { type ProxyLine, type RunningProxy, startProxy } from '../../src/proxy/proxy.js';
import { type Stub, stub } from '../client/stub.js';
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
