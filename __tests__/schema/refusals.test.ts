/** Inputs that are refused: all problems at once, each with its path, what was received and what was needed. */

import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  ComponentError,
  DifferentiableComponent,
  Field,
  Float64,
  Int32,
  Jacobian,
  type JacobianRequest,
  type NdArray,
  openComponent,
  Vjp,
} from 'cotangent';

class Mesh {
  @Float64({ shape: [null, 3], differentiable: true }) points!: NdArray;
  @Field(() => String) name = 'mesh';
  @Float64({ shape: [null], each: 'map' }) cells = new Map<string, NdArray>();
}
class Inputs {
  @Field(() => Mesh) mesh!: Mesh;
  @Field(() => Mesh, { each: 'list' }) parts: Mesh[] = [];
  @Field(() => Mesh, { each: 'map' }) named = new Map<string, Mesh>();
  @Float64({ differentiable: true }) x = 0;
  @Float64({ differentiable: true, optional: true }) y?: number;
  @Int32() count = 1;
  @Field(() => ['central', 'forward']) scheme = 'central';
  @Field(() => Boolean) flag = false;
  @Field(() => Number) step = 0.5;
  @Field(() => Object) options: unknown = {};
}
class Outputs {
  @Float64({ shape: [null], differentiable: true }) r!: NdArray;
}

let seen: Inputs | undefined;

@Component({ inputs: Inputs, outputs: Outputs })
class Wing extends DifferentiableComponent<Inputs, Outputs> {
  @Apply() evaluate(inputs: Inputs) {
    seen = inputs;
    return { r: [1] };
  }
  @Jacobian() blocks({ of, wrt }: JacobianRequest<Inputs>) {
    return Object.fromEntries(of.map((o) => [o, Object.fromEntries(wrt.map((w) => [w, [1]]))]));
  }
  @Vjp() pull() {
    return { x: 1 };
  }
}

const handle = openComponent(Wing);
const points = [[1, 2, 3]];

/** The problems of an attempt, as code, path, and what was received and needed. */
async function problemsOf(attempt: Promise<unknown>): Promise<string[][]> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason) => reason,
  );
  if (!(error instanceof ComponentError)) throw new Error(`not refused: ${String(error)}`);
  return error.problems.map(({ code, path, fields }) =>
    [code, path, fields['received'], fields['expected']].filter((fact) => fact !== undefined),
  );
}

const refusalsOf = (inputs: unknown) => problemsOf(handle.apply(inputs as never));

describe('a refusal', () => {
  test('lists every problem, in schema order, behind what is unknown', async () => {
    const inputs = {
      mesh: { points: [[1, 2]], name: 7, cells: { good: [1], bad: 'no', 'b c': [[1]] }, colour: 'red' },
      parts: [{ points }, { points: 'none' }, null],
      named: { left: { points }, right: 5 },
      x: [1, 2],
      count: 1.5,
      scheme: 'backward',
      flag: 'yes',
      step: '0.1',
      xx: 1,
    };
    expect(await refusalsOf(inputs)).toEqual([
      ['E_EXTRA', 'inputs.xx'],
      ['E_EXTRA', 'inputs.mesh.colour'],
      ['E_ARRAY_SHAPE', 'inputs.mesh.points', '[1, 2]', '[any, 3]'],
      ['E_TYPE', 'inputs.mesh.name', '7', 'a string'],
      ['E_ARRAY_NUMERIC', 'inputs.mesh.cells.{bad}', '"no"', 'float64'],
      ['E_ARRAY_RANK', 'inputs.mesh.cells.{b c}', '[1, 1]', '[any]'],
      ['E_ARRAY_NUMERIC', 'inputs.parts.[1].points', '"none"', 'float64'],
      ['E_TYPE', 'inputs.parts.[2]', 'null', 'an object with points, name, cells'],
      ['E_TYPE', 'inputs.named.{right}', '5', 'an object with points, name, cells'],
      ['E_ARRAY_RANK', 'inputs.x', '[2]', '[]'],
      ['E_ARRAY_INTEGER', 'inputs.count', '1.5', 'int32'],
      ['E_TYPE', 'inputs.scheme', '"backward"', 'one of "central", "forward"'],
      ['E_TYPE', 'inputs.flag', '"yes"', 'true or false'],
      ['E_TYPE', 'inputs.step', '"0.1"', 'a number'],
    ]);
  });

  test('of several problems has a code of its own, counts them and prints each', async () => {
    const error = (await handle
      .apply({ mesh: { points: 1 }, x: 'a' } as never)
      .catch((e: unknown) => e)) as ComponentError;
    expect(error).toMatchObject({ code: 'E_INVALID', status: 422, fields: { count: '2' } });
    for (const { message } of error.problems) expect(error.message).toContain(message);
  });

  test('of one problem is that problem', async () => {
    await expect(handle.apply({ mesh: { points }, x: 'a' } as never)).rejects.toMatchObject({
      code: 'E_ARRAY_NUMERIC',
      status: 422,
      path: 'inputs.x',
    });
  });

  test('of a field that is missing tells what it takes', async () => {
    expect(await refusalsOf({})).toEqual([['E_MISSING', 'inputs.mesh', 'an object with points, name, cells']]);
    expect(await refusalsOf({ mesh: {} })).toEqual([['E_MISSING', 'inputs.mesh.points', 'float64 [any, 3]']]);
  });

  test('of an unknown field proposes a known one that is like it', async () => {
    const error = (await handle
      .apply({ mesh: { pionts: points } } as never)
      .catch((e: unknown) => e)) as ComponentError;
    expect(error.problems.map(({ fields }) => fields['advice'])).toEqual(['Did you mean points?', undefined]);
    await expect(handle.apply({ mesh: { points }, q: 1 } as never)).rejects.toMatchObject({
      fields: { advice: 'Remove it.' },
    });
  });

  test.each([
    ['undefined', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 5, '5'],
    ['a list', [1, 2], 'a list of 2'],
    ['a map', new Map([['mesh', 1]]), 'a map of 1'],
    ['a set', new Set(['mesh']), 'a Set'],
    ['a promise', Promise.resolve({}), 'a Promise'],
    ['a date', new Date(0), 'a Date'],
    ['bytes', new Uint8Array(3), 'a Uint8Array'],
    ['a function', () => ({}), 'the function '],
  ])('of %s in place of the inputs says so', async (_name, inputs, received) => {
    expect(await refusalsOf(inputs)).toEqual([
      ['E_TYPE', 'inputs', received, expect.stringContaining('an object with mesh, parts')],
    ]);
  });

  test.each([
    ['parts', { 0: { points } }, 'a list of an object with points, name, cells'],
    ['parts', 'abc', 'a list of an object with points, name, cells'],
    ['named', [{ points }], 'a map of an object with points, name, cells'],
    ['named', new Set(), 'a map of an object with points, name, cells'],
  ])('of %s that are %p', async (field, value, expected) => {
    const [[code, path, , needed] = []] = await refusalsOf({ mesh: { points }, [field]: value });
    expect([code, path, needed]).toEqual(['E_TYPE', `inputs.${field}`, expected]);
  });
});

describe('hostile inputs', () => {
  test('named like what objects inherit are unknown fields, and change no prototype', async () => {
    const inputs = JSON.parse('{"mesh": {"points": [[1,2,3]]}, "__proto__": {"polluted": 1}, "constructor": 1}');
    expect(await refusalsOf(inputs)).toEqual([
      ['E_EXTRA', 'inputs.__proto__'],
      ['E_EXTRA', 'inputs.constructor'],
    ]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('are kept as keys of a map', async () => {
    const cells = JSON.parse('{"__proto__": [1], "constructor": [2], "1": [3], "": [4]}');
    await handle.apply({ mesh: { points, cells } });
    expect([...seen!.mesh.cells.keys()].sort()).toEqual(['', '1', '__proto__', 'constructor']);
    expect(Object.getPrototypeOf(seen!.mesh)).toBe(Mesh.prototype);
  });

  test('that inherit a field from another object have it', async () => {
    await handle.apply(Object.create({ mesh: Object.create({ points }) }));
    expect(seen!.mesh.points.shape).toEqual([1, 3]);
  });

  test('without a prototype are objects like any other', async () => {
    const bare = Object.assign(Object.create(null), { mesh: Object.assign(Object.create(null), { points }) });
    await handle.apply(bare);
    expect(seen!.mesh.points.shape).toEqual([1, 3]);
  });

  test('with a getter have it read once', async () => {
    let reads = 0;
    const inputs = {
      mesh: { points },
      get x() {
        return ++reads;
      },
    };
    await handle.apply(inputs);
    expect([seen!.x, reads]).toEqual([1, 1]);
  });

  test('with symbols for keys have those ignored', async () => {
    await handle.apply({ mesh: { points }, [Symbol('hidden')]: 1 } as never);
    expect(Reflect.ownKeys(seen!).filter((key) => typeof key === 'symbol')).toEqual([]);
  });

  test('with holes in a list have each hole refused', async () => {
    const parts: unknown[] = [];
    parts[1] = { points };
    expect(await refusalsOf({ mesh: { points }, parts })).toEqual([
      ['E_TYPE', 'inputs.parts.[0]', 'undefined', expect.any(String)],
    ]);
  });

  test('nested beyond any array, or in a circle, are refused', async () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const circle: unknown[] = [];
    circle.push(circle);
    for (const value of [deep, circle, [deep, circle]]) {
      const [[code, path] = []] = await refusalsOf({ mesh: { points: value } });
      expect(path).toBe('inputs.mesh.points');
      expect(code).toMatch(/^E_ARRAY_/);
    }
  });

  test('with names of a megabyte are refused in a short message', async () => {
    const long = 'x'.repeat(1 << 20);
    const error = (await handle
      .apply({ mesh: { points, cells: { [long]: long } }, scheme: long, [long]: 1 } as never)
      .catch((e: unknown) => e)) as ComponentError;
    expect(error.problems).toHaveLength(3);
    expect(error.message.length).toBeLessThan(2000);
  });
});

describe('a refused derivative', () => {
  const good = { mesh: { points } };
  const problems = (request: unknown) => problemsOf(handle.jacobian(request as never));

  test('lists what is wrong with the inputs, and with the paths, each once', async () => {
    expect(await problems({ inputs: { ...good, x: 'a' }, wrt: ['x'], of: ['r'] })).toEqual([
      ['E_ARRAY_NUMERIC', 'inputs.x', '"a"', 'float64'],
    ]);
    expect(await problems({ inputs: { ...good, x: 'a' } })).toEqual([
      ['E_ARRAY_NUMERIC', 'inputs.x', '"a"', 'float64'],
    ]);
    const [first, ...others] = await problems({ inputs: { ...good, x: 'a' }, wrt: ['q', 'count'], of: ['s'] });
    expect(first?.slice(0, 2)).toEqual(['E_ARRAY_NUMERIC', 'inputs.x']);
    expect(others.map((one) => one.slice(0, 3))).toEqual([
      ['E_PATH_UNKNOWN', 'jac_outputs', 's'],
      ['E_PATH_UNKNOWN', 'jac_inputs', 'q'],
      ['E_PATH_NOT_DIFFERENTIABLE', 'jac_inputs', 'count'],
    ]);
  });

  test('names the differentiable paths, and one that is like what was asked for', async () => {
    const error = (await handle
      .jacobian({ inputs: good, wrt: ['mesh.pionts'] })
      .catch((e: unknown) => e)) as ComponentError;
    expect(error.fields).toEqual({
      path: 'jac_inputs',
      received: 'mesh.pionts',
      expected: '"mesh.points", "parts.[].points", "named.{}.points", "x", "y"',
      advice: ' Did you mean "mesh.points"?',
    });
  });

  test.each([
    ['a container', 'mesh', 'E_PATH_UNKNOWN'],
    ['a list without its index', 'parts.points', 'E_PATH_UNKNOWN'],
    ['a pattern', 'parts.[].points', 'E_PATH_UNKNOWN'],
    ['an index that is no number', 'parts.[foobar].points', 'E_PATH_UNKNOWN'],
    ['an index from the end', 'parts.[-1].points', 'E_PATH_UNKNOWN'],
    ['an index with a zero in front', 'parts.[00].points', 'E_PATH_UNKNOWN'],
    ['an index beyond the end', 'parts.[100].points', 'E_PATH_ABSENT'],
    ['a key that is not there', 'named.{xyz}.points', 'E_PATH_ABSENT'],
    ['a key without braces', 'named.left.points', 'E_PATH_UNKNOWN'],
    ['an optional input that was left out', 'y', 'E_PATH_ABSENT'],
    ['a path with something behind it', 'parts.[0].points.z', 'E_PATH_UNKNOWN'],
    ['text around a path', 'qqparts.[0].pointszz', 'E_PATH_UNKNOWN'],
    ['what objects inherit', 'constructor', 'E_PATH_UNKNOWN'],
  ])('with regard to %s', async (_name, path, code) => {
    const inputs = { ...good, parts: [{ points }], named: { left: { points } } };
    expect((await problems({ inputs, wrt: [path] })).map(([actual]) => actual)).toEqual([code]);
  });

  test.each([
    ['no paths', []],
    ['a text', 'x'],
    ['numbers', [1]],
    ['an object', { x: 1 }],
  ])('whose list of paths is %s', async (_name, wrt) => {
    expect((await problems({ inputs: good, wrt })).map(([code, path]) => [code, path])).toEqual([
      ['E_PATHS', 'jac_inputs'],
    ]);
  });

  test('whose cotangent has other keys, another shape, or no numbers', async () => {
    const vjp = (cotangent: unknown, of?: string[]) =>
      problemsOf(handle.vjp({ inputs: good, wrt: ['x'], cotangent, ...(of ? { of } : {}) } as never));
    expect(await vjp({ r: [1], s: [1] }, ['r'])).toEqual([['E_SEED_KEYS', 'cotangent_vector', '{r, s}', '{r}']]);
    expect(await vjp({}, ['r'])).toEqual([['E_SEED_KEYS', 'cotangent_vector', '{}', '{r}']]);
    expect(await vjp(5, ['r'])).toEqual([['E_SEED_KEYS', 'cotangent_vector', '5', '{r}']]);
    expect(await vjp(undefined, ['r'])).toEqual([['E_SEED_KEYS', 'cotangent_vector', 'undefined', '{r}']]);
    expect(await vjp({ r: [[1]] })).toEqual([['E_COTANGENT_SHAPE', 'cotangent_vector["r"]', '[1, 1]', '[any]']]);
    expect(await vjp({ r: ['a'] })).toEqual([
      ['E_ARRAY_NUMERIC', 'cotangent_vector["r"]', expect.any(String), 'float64'],
    ]);
    expect((await vjp({ q: [1] })).map(([code]) => code)).toEqual(['E_PATH_UNKNOWN']);
  });
});
