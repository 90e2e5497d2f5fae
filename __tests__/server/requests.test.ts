/** What a served component answers, request by request. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningServer, serve } from '../../src/server/index.js';
import { Sampler } from '../fixtures/server/sampler.js';
import { type Json, post, send } from './client.js';

let server: RunningServer;
let url: string;

beforeAll(async () => {
  server = await serve({ component: Sampler, port: 0, log: 'silent' });
  url = server.url;
});
afterAll(() => server.close());

const inputs = { x: [1, 2], s: 3 };
const number = (buffer: number, dtype = 'float64') => ({
  object_type: 'array',
  shape: [],
  dtype,
  data: { buffer, encoding: 'json' },
});
const float64 = (values: readonly number[]) => ({
  shape: [values.length],
  dtype: 'float64',
  data: { buffer: Buffer.from(Float64Array.from(values).buffer).toString('base64'), encoding: 'base64' },
});

describe('a request to an endpoint', () => {
  test('apply answers the outputs, bare: y = s·x and total = Σx', async () => {
    const { status, headers, json } = await post(`${url}/apply`, { inputs });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(json.y.data.buffer).toEqual([3, 6]);
    expect(json.total).toEqual(number(3));
    expect(json).toMatchObject({ n: number(1, 'int64'), any: null, kind: 'fast' });
  });

  test('arrays may come encoded, without an object_type, as the Python client sends them', async () => {
    const { json } = await post(`${url}/apply`, { inputs: { ...inputs, x: float64([5, 6, 7]) } });
    expect(json.y.data.buffer).toEqual([15, 18, 21]);
  });

  test('64-bit integers are exact both ways', async () => {
    const { text } = await post(`${url}/apply`, '{"inputs":{"x":[1],"n":9007199254740993}}');
    expect(text).toContain('"buffer":9007199254740993');
  });

  test('the vjp is that of the closed form: x̄ = s·ȳ + t̄, s̄ = x·ȳ', async () => {
    const body = {
      inputs: { ...inputs, l: [{ w: 2 }], d: { 'a b': [1, 1] } },
      vjp_inputs: ['x', 's', 'l.[0].w', 'd.{a b}'],
      vjp_outputs: ['y', 'total'],
      cotangent_vector: { y: [1, 10], total: 100 },
    };
    const { status, json } = await post(`${url}/vector_jacobian_product`, body);
    expect(status).toBe(200);
    expect(json.x.data.buffer).toEqual([103, 130]);
    expect(json.s).toEqual(number(21, 'float32'));
    expect(json['l.[0].w']).toEqual(number(100));
    expect(json['d.{a b}'].data.buffer).toEqual([100, 100]);
  });

  test('the jacobian derived from it has a block of [...output, ...input] for each pair', async () => {
    const body = { inputs, jac_inputs: ['x', 's'], jac_outputs: ['y', 'total'] };
    const { json } = await post(`${url}/jacobian`, body);
    expect(json.y.x.data.buffer).toEqual([
      [3, 0],
      [0, 3],
    ]);
    expect(json.y.s.data.buffer).toEqual([1, 2]);
    expect(json.total.x.data.buffer).toEqual([1, 1]);
  });

  test('abstract_eval answers shapes and dtypes only, whatever is accepted', async () => {
    const body = { inputs: { x: { shape: [4], dtype: 'float64' } } };
    const { status, json } = await post(`${url}/abstract_eval`, body, { headers: { accept: 'text/html' } });
    expect(status).toBe(200);
    expect(json).toMatchObject({ y: { shape: [4], dtype: 'float64' }, total: { shape: [], dtype: 'float64' } });
  });

  test('a slash at the end is the same path', async () => {
    expect((await post(`${url}/apply/`, { inputs })).status).toBe(200);
  });
});

describe('the format of an answer', () => {
  const bytes = 'AAAAAAAACEAAAAAAAAAYQA==';
  const cases: readonly (readonly [accept: string | undefined, type: string])[] = [
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
    ['application/json, text/plain, */*', 'application/json'],
    ['application/json+base64', 'application/json+base64'],
    ['json+base64', 'application/json+base64'],
    ['application/json;q=0.5, application/json+base64', 'application/json+base64'],
    ['application/json+base64;q=0.1, application/json;q=0.9', 'application/json'],
    ['application/json+base64;q=0, */*', 'application/json'],
    ['text/html, application/json+base64;q=0.9', 'application/json+base64'],
  ];
  test.each(cases)('Accept %j is answered as %s', async (accept, type) => {
    const { status, headers, json } = await post(
      `${url}/apply`,
      { inputs },
      { headers: accept === undefined ? {} : { accept } },
    );
    expect(status).toBe(200);
    expect(headers['content-type']?.split(';')[0]).toBe(type);
    expect(headers.vary).toMatch(/accept/i);
    expect(json.y.data.buffer).toEqual(type.endsWith('base64') ? bytes : [3, 6]);
  });

  test.each(['text/html', 'application/json+foo', 'application/json+binref', 'application/json;q=0'])(
    'Accept %j is refused with 406, which names what there is',
    async (accept) => {
      const { status, json } = await post(`${url}/apply`, { inputs }, { headers: { accept } });
      expect([status, json.ctx.code]).toEqual([406, 'E_ACCEPT']);
      expect(json.detail).toContain('application/json, application/json+base64');
    },
  );
});

describe('a wrong request', () => {
  const wrong: readonly (readonly [what: string, body: unknown, type: string, loc: readonly (string | number)[]])[] = [
    ['an empty body', '', 'missing', ['body']],
    ['a body of null', 'null', 'missing', ['body']],
    ['a body that is a list', '[]', 'type_error', ['body']],
    ['malformed JSON', '{"inputs":', 'json_invalid', ['body', 10]],
    ['no inputs', {}, 'missing', ['body', 'inputs']],
    ['an unknown key', { inputs, input: 1 }, 'extra_forbidden', ['body', 'input']],
    ['an unknown field', { inputs: { ...inputs, z: 1 } }, 'extra_forbidden', ['body', 'inputs', 'z']],
    ['a missing field', { inputs: {} }, 'missing', ['body', 'inputs', 'x']],
    ['text for an array', { inputs: { x: 'a' } }, 'array_non_numeric', ['body', 'inputs', 'x']],
    ['a wrong rank', { inputs: { x: [[1]] } }, 'array_dimensionality_mismatch', ['body', 'inputs', 'x']],
    ['a wrong shape', { inputs: { ...inputs, m: [[1, 2]] } }, 'array_shape_mismatch', ['body', 'inputs', 'm']],
    [
      'a dtype that cannot be cast',
      { inputs: { ...inputs, bytes: { shape: [1], dtype: 'int64', data: { buffer: [1], encoding: 'json' } } } },
      'array_dtype_mismatch',
      ['body', 'inputs', 'bytes'],
    ],
    [
      'an unknown dtype',
      { inputs: { x: { ...float64([1]), dtype: 'str' } } },
      'array_invalid_dtype',
      ['body', 'inputs', 'x'],
    ],
    [
      'base64 of the wrong length',
      { inputs: { x: { ...float64([1]), shape: [3] } } },
      'array_decode_error',
      ['body', 'inputs', 'x', 'data', 'buffer'],
    ],
    ['a fraction for an integer', { inputs: { ...inputs, n: 1.5 } }, 'array_expected_integer', ['body', 'inputs', 'n']],
    [
      'a wrong model in a list',
      { inputs: { ...inputs, l: [{ w: 1 }, { v: 2 }] } },
      'extra_forbidden',
      ['body', 'inputs', 'l', 1, 'v'],
    ],
    [
      'a wrong value in a map',
      { inputs: { ...inputs, d: { k: 'a' } } },
      'array_non_numeric',
      ['body', 'inputs', 'd', 'k'],
    ],
    ['a violated constraint', { inputs: { ...inputs, s: -1 } }, 'value_error', ['body', 'inputs', 's']],
    ['no such choice', { inputs: { ...inputs, kind: 'slow' } }, 'type_error', ['body', 'inputs', 'kind']],
  ];
  test.each(wrong)('%s is refused with its type and place', async (_what, body, type, loc) => {
    const { status, json } = await post(`${url}/apply`, body);
    expect(status).toBe(422);
    const entry = json.detail.find((one: Json) => JSON.stringify(one.loc) === JSON.stringify(loc));
    expect(entry).toMatchObject({ type, loc, msg: expect.stringMatching(/^E_/), ctx: { code: expect.any(String) } });
  });

  const vjp = { inputs, vjp_inputs: ['x'], vjp_outputs: ['y'], cotangent_vector: { y: [1, 1] } };
  test.each<readonly [string, object, string, readonly (string | number)[]]>([
    ['no paths', { vjp_inputs: [] }, 'set_type', ['body', 'vjp_inputs']],
    ['a text for a list of paths', { vjp_inputs: 'x' }, 'set_type', ['body', 'vjp_inputs']],
    ['an unknown path', { vjp_inputs: ['q'] }, 'literal_error', ['body', 'vjp_inputs']],
    ['a path to what is not differentiable', { vjp_inputs: ['n'] }, 'literal_error', ['body', 'vjp_inputs']],
    ['a path that leads nowhere', { vjp_inputs: ['l.[7].w'] }, 'value_error', ['body', 'vjp_inputs']],
    [
      'a cotangent too many',
      { cotangent_vector: { y: [1, 1], total: 1 } },
      'value_error',
      ['body', 'cotangent_vector'],
    ],
    [
      'a cotangent of the wrong rank',
      { cotangent_vector: { y: [[1]] } },
      'value_error',
      ['body', 'cotangent_vector', 'y'],
    ],
    [
      'a cotangent that is no array',
      { cotangent_vector: { y: 'a' } },
      'array_non_numeric',
      ['body', 'cotangent_vector', 'y'],
    ],
  ])('in a vjp, %s is refused with its type and place', async (_what, change, type, loc) => {
    const { status, json } = await post(`${url}/vector_jacobian_product`, { ...vjp, ...change });
    expect(status).toBe(422);
    expect(json.detail[0]).toMatchObject({ type, loc });
  });

  test('several problems are reported at once', async () => {
    const { json } = await post(`${url}/apply`, { inputs: { x: 'a', s: 'b', zz: 1 } });
    const places = json.detail.map(({ loc }: Json) => loc.at(-1));
    expect(places.sort()).toEqual(['s', 'x', 'zz']);
  });

  test('a large value is not sent back', async () => {
    const { status, text } = await post(`${url}/apply`, { inputs: { x: 'y'.repeat(100_000) } });
    expect(status).toBe(422);
    expect(text.length).toBeLessThan(2000);
  });

  test.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonish'])(
    'the content type %j is refused as no object',
    async (type) => {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const { status, json } = await send(`${url}/apply`, { method: 'POST', headers, body: '{"inputs":{"x":[1]}}' });
      expect(status).toBe(422);
      expect(json.detail[0]).toMatchObject({
        type: 'model_attributes_type',
        loc: ['body'],
        ctx: { code: 'E_CONTENT_TYPE' },
      });
    },
  );

  test.each(['application/json; charset=utf-8', 'application/vnd.api+json', 'APPLICATION/JSON'])(
    'the content type %j is JSON',
    async (type) => {
      const headers = { 'content-type': type };
      const { status } = await send(`${url}/apply`, { method: 'POST', headers, body: '{"inputs":{"x":[1]}}' });
      expect(status).toBe(200);
    },
  );
});

describe('paths and methods', () => {
  test('an unknown path is 404, and says what there is', async () => {
    const { status, json } = await post(`${url}/aply`, { inputs });
    expect(status).toBe(404);
    expect(json.ctx).toMatchObject({ code: 'E_ROUTE', path: '/aply' });
    expect(json.detail).toContain('/apply');
  });

  test.each([
    ['GET', '/apply', 'POST'],
    ['PUT', '/jacobian', 'POST'],
    ['OPTIONS', '/apply', 'POST'],
    ['POST', '/health', 'GET, HEAD'],
    ['DELETE', '/openapi.json', 'GET, HEAD'],
  ])('%s %s is 405, and %s is allowed', async (method, path, allow) => {
    const { status, headers, json } = await send(url + path, { method });
    expect([status, headers.allow, json.ctx.code]).toEqual([405, allow, 'E_METHOD']);
  });

  test('GET with the body null is answered, as the Python client sends it', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '4' };
    for (const path of ['/health', '/openapi.json']) {
      expect((await send(url + path, { headers, body: 'null' })).status).toBe(200);
    }
  });

  test('HEAD has the headers of GET, and no body', async () => {
    const get = await send(`${url}/openapi.json`);
    const head = await send(`${url}/openapi.json`, { method: 'HEAD' });
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', get.headers['content-length']]);
  });

  test('health is {"status":"ok"}', async () => {
    const { status, text } = await send(`${url}/health`);
    expect([status, text]).toEqual([200, '{"status":"ok"}']);
  });

  test('a request keeps the id it came with, and gets one otherwise', async () => {
    const given = await send(`${url}/health`, { headers: { 'x-request-id': 'abc-1' } });
    const harmful = await send(`${url}/health`, { headers: { 'x-request-id': '"}{' } });
    expect(given.headers['x-request-id']).toBe('abc-1');
    expect(harmful.headers['x-request-id']).toMatch(/^[\w-]+$/);
  });

  test('connections are kept open for at least a minute', async () => {
    const { headers } = await send(`${url}/health`, { headers: { connection: 'keep-alive' } });
    expect(Number(/timeout=(\d+)/.exec(String(headers['keep-alive']))?.[1])).toBeGreaterThanOrEqual(60);
  });

  test('metrics count requests by route and status', async () => {
    const { text, headers } = await send(`${url}/metrics`);
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toMatch(/cotangent_request_seconds_count\{route="\/apply",status="200"\} [1-9]/);
    expect(text).toContain('cotangent_requests_waiting 0');
    expect(text).toContain('process_resident_memory_bytes');
  });
});

describe('other origins', () => {
  const preflight = {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  };

  test('may not call it by default', async () => {
    const { headers } = await send(`${url}/apply`, preflight);
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test('may where they are listed, preflight included', async () => {
    const open = await serve({ component: Sampler, port: 0, log: 'silent', cors: ['https://app.example'] });
    try {
      const asked = await send(`${open.url}/apply`, preflight);
      expect(asked.status).toBe(204);
      expect(asked.headers['access-control-allow-origin']).toBe('https://app.example');
      expect(asked.headers['access-control-allow-methods']).toContain('POST');
      const { headers } = await post(`${open.url}/apply`, { inputs }, { headers: { origin: 'https://app.example' } });
      expect(headers['access-control-allow-origin']).toBe('https://app.example');
      expect(headers.vary?.toLowerCase().split(', ').sort()).toEqual(['accept', 'origin']);
      const other = await post(`${open.url}/apply`, { inputs }, { headers: { origin: 'https://evil.example' } });
      expect(other.headers['access-control-allow-origin']).toBeUndefined();
    } finally {
      await open.close();
    }
  });
});
