/** What a server's refusal becomes: Python's error bodies, as its server writes them, and our own. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { connect } from '../../src/client/index.js';
import { ComponentError } from '../../src/errors.js';
import { arrayNode, documentOf } from './document.js';
import { json, type Stub, stubFor } from './stub.js';

const open: Stub[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const part = { type: 'object', properties: { k: { type: 'integer' } } };
const document = documentOf({
  inputs: {
    x: arrayNode('any', 'float64'),
    items: { type: 'array', items: part },
    named: { type: 'object', additionalProperties: { $ref: '#/components/schemas/Apply_Part' } },
    part: { $ref: '#/components/schemas/Apply_Part' },
  },
  required: [],
  outputs: {},
  schemas: { Apply_Part: part },
});

/** The error of a call that is answered with this status and body. */
async function refused(status: number, body: unknown): Promise<ComponentError> {
  const server = await stubFor(document, (response) => {
    if (typeof body === 'string') response.writeHead(status).end(body);
    else json(response, body, status);
  });
  open.push(server);
  const handle = await connect(server.url);
  const error = await handle.apply({}).catch((thrown: unknown) => thrown);
  if (!(error instanceof ComponentError)) throw new Error(`not an error of ours: ${String(error)}`);
  return error;
}

const at = (...loc: (string | number)[]) => ['body', 'inputs', ...loc];

describe('the 422 of Tesseract Core', () => {
  test.each([
    ['missing', { loc: at('x'), msg: 'Field required' }, 'E_MISSING', 'inputs.x'],
    ['extra_forbidden', { loc: at('zz'), msg: 'Extra inputs are not permitted' }, 'E_EXTRA', 'inputs.zz'],
    [
      'array_dimensionality_mismatch',
      { loc: at('x'), ctx: { actual_dims: 2, expected_dims: 1 } },
      'E_ARRAY_RANK',
      'inputs.x',
    ],
    [
      'array_shape_mismatch',
      { loc: at('x'), ctx: { actual_shape: '(2,)', expected_shape: '(3,)' } },
      'E_ARRAY_SHAPE',
      'inputs.x',
    ],
    [
      'array_dtype_mismatch',
      { loc: at('x'), ctx: { actual_dtype: 'int64', expected_dtype: 'uint8' } },
      'E_ARRAY_DTYPE',
      'inputs.x',
    ],
    ['array_non_numeric', { loc: at('x'), input: 'a' }, 'E_ARRAY_NUMERIC', 'inputs.x'],
    ['array_decode_error', { loc: at('x') }, 'E_ARRAY_DECODE', 'inputs.x'],
    ['array_expected_integer', { loc: at('x') }, 'E_ARRAY_INTEGER', 'inputs.x'],
    ['array_value_out_of_range', { loc: at('x') }, 'E_ARRAY_RANGE', 'inputs.x'],
    ['greater_than', { loc: at('part', 'k'), input: -1 }, 'E_CONSTRAINT', 'inputs.part.k'],
    ['value_error', { loc: at('items', 3, 'k') }, 'E_CONSTRAINT', 'inputs.items.[3].k'],
    ['int_parsing', { loc: at('named', 'a b', 'k') }, 'E_TYPE', 'inputs.named.{a b}.k'],
    ['string_type', { loc: at('part') }, 'E_TYPE', 'inputs.part'],
    ['json_invalid', { loc: ['body', 7] }, 'E_JSON', '7'],
    ['value_error', { loc: ['body', 'cotangent_vector', 'y'] }, 'E_CONSTRAINT', 'cotangent_vector["y"]'],
    ['model_attributes_type', { loc: ['body'] }, 'E_TYPE', 'body'],
    ['uuid_version', { loc: at('part') }, 'E_REMOTE_VALUE', 'inputs.part'],
  ])('%s at its place: %j', async (type, entry, code, path) => {
    const error = await refused(422, { detail: [{ type, msg: 'Python says so', ...entry }] });
    expect([error.code, error.path]).toEqual([code, path]);
    expect(error.message).not.toContain('undefined is undefined');
  });

  test("Python's own words are in the message", async () => {
    const entry = {
      type: 'value_error',
      loc: at('x'),
      msg: 'Value error, x must be odd',
      input: 4,
      ctx: { error: {} },
    };
    expect((await refused(422, { detail: [entry] })).message).toBe('E_CONSTRAINT: inputs.x is 4: x must be odd.');
  });

  test('several entries are one error with a problem for each', async () => {
    const entry = { type: 'missing', msg: '' };
    const error = await refused(422, {
      detail: [
        { ...entry, loc: at('x') },
        { ...entry, loc: at('part') },
      ],
    });
    expect([error.code, error.problems.map(({ path }) => path)]).toEqual(['E_INVALID', ['inputs.x', 'inputs.part']]);
  });
});

describe('what our own server says', () => {
  test('a 422 is made again from its code and its facts', async () => {
    const original = new ComponentError('E_TANGENT_SHAPE', {
      path: 't["x"]',
      received: '[2]',
      expected: '[3]',
      of: 'x',
    });
    const ctx = { code: original.code, ...original.fields };
    const error = await refused(422, { detail: [{ type: 'value_error', loc: ['body'], msg: original.message, ctx }] });
    expect([error.code, error.fields, error.message]).toEqual([original.code, original.fields, original.message]);
  });

  test('so is a 500 about a result', async () => {
    const original = new ComponentError('E_RESULT_MISSING', { path: 'Wing.vjp()["x"]', expected: 'It has a shape.' });
    const error = await refused(500, { detail: original.message, ctx: { code: original.code, ...original.fields } });
    expect([error.code, error.path, error.message]).toEqual([original.code, original.path, original.message]);
  });

  test('a code that this client does not know is a failure with the message that came', async () => {
    const error = await refused(500, { detail: 'E_FROM_TOMORROW: no', ctx: { code: 'E_FROM_TOMORROW' } });
    expect(error).toMatchObject({ code: 'E_REMOTE_FAILED', fields: { status: '500', reason: 'E_FROM_TOMORROW: no' } });
  });
});

describe('what is no error of a component', () => {
  test.each([
    ['a plain text', 500, 'Internal Server Error', 'Internal Server Error'],
    ['a traceback, of which the last line counts', 500, 'Traceback:\n  File x\nValueError: bad\n\n', 'ValueError: bad'],
    ['a page', 502, '<html>bad gateway</html>', 'bad gateway'],
    ['nothing', 500, '', 'Internal Server Error'],
    ['JSON without a detail', 418, { teapot: true }, '{"teapot":true}'],
    [
      'a detail in an object',
      406,
      { detail: { message: 'no such format' } },
      '{"detail":{"message":"no such format"}}',
    ],
    ['a 422 that is not a list', 422, { detail: 'not a list' }, 'not a list'],
  ])('%s becomes a failure with its status and a reason', async (_case, status, body, reason) => {
    expect(await refused(status, body)).toMatchObject({
      code: 'E_REMOTE_FAILED',
      fields: { status: String(status), reason },
    });
  });
});
