/** The endpoints of a subject as functions of flat vectors. */
import { castArray, realValues } from '../../array/cast.js';
import { ComponentError } from '../../errors.js';
import { exchange, readLeaves } from '../../operators/leaves.js';
import { Calls, type Incident, type Owned, owned, type Stage } from './calls.js';
import { expectedCalls } from './forecast.js';
import { arraysOf, isMisfit, type Layout, readResult } from './layout.js';
import type { CheckOptions } from './options.js';
import type { CallCounts } from './report.js';
import { outputLayout, type Subject } from './subject.js';

/** The endpoints of a subject on flat vectors. What they give is undefined where a call failed: see `incidents`. */
export interface Session {
  readonly subject: Subject;
  readonly of: Layout;
  /** The outputs at the point. */
  readonly y: Float64Array;
  readonly incidents: readonly Incident[];
  readonly counts: Readonly<Record<Stage, CallCounts>>;
  stage: Stage;
  /** Whether the caller has stopped the check. */
  readonly stopped: () => boolean;
  /** Outputs at x. Throws what apply throws. */
  apply(x?: Float64Array): Promise<Float64Array>;
  jvp(tangent: Float64Array, only?: Only, at?: Float64Array): Promise<Float64Array | undefined>;
  vjp(cotangent: Float64Array, only?: Only, at?: Float64Array): Promise<Float64Array | undefined>;
  /** m × n entries by rows; entries of complex elements stay together. At another point where one is given. */
  jacobian(at?: Float64Array): Promise<Float64Array | undefined>;
}

/** Run something whose calls count as those of another stage. */
export async function duringStage<T>(session: Session, stage: Stage, run: () => Promise<T>): Promise<T> {
  const before = session.stage;
  session.stage = stage;
  try {
    return await run();
  } finally {
    session.stage = before;
  }
}

/** A request for a part of the paths. */
export interface Only {
  readonly of: Layout;
  readonly wrt: Layout;
}

/** Begin the calls on a subject: apply is called once, and its outputs laid out. Raises what apply raises. */
export async function startSession(subject: Subject, options: CheckOptions): Promise<Session> {
  const { handle, inputs, wrt } = subject;
  const calls = new Calls(options);
  const given = owned(inputs, 'inputs');
  const evaluate = (at: object, handed: readonly Owned[]) =>
    calls.run('apply', handed, () => handle.apply(at as never) as Promise<object>);
  const first = await evaluate(inputs, given);
  const of = outputLayout(subject, options, first, wrt);
  calls.expected = expectedCalls(wrt, of, options);
  const write = exchange(
    inputs,
    wrt.slots.map(({ variable }) => variable),
  );
  const placed = (x: Float64Array | undefined): Placed => {
    if (!x) return { inputs, given };
    const moved = write(arraysOf(wrt, x));
    return { inputs: moved, given: owned(moved, 'inputs') };
  };
  const product = productsOf(subject, calls);
  return {
    subject,
    of,
    y: outputsOf(of, first),
    incidents: calls.incidents,
    counts: calls.counts,
    get stage() {
      return calls.stage;
    },
    set stage(stage) {
      calls.stage = stage;
    },
    stopped: () => options.signal?.aborted ?? false,
    apply: async (x) => {
      const at = placed(x);
      return outputsOf(of, await evaluate(at.inputs, at.given));
    },
    jvp: (tangent, only, x) => product('jvp', tangent, only?.wrt ?? wrt, only?.of ?? of, placed(x)),
    vjp: (cotangent, only, x) => product('vjp', cotangent, only?.of ?? of, only?.wrt ?? wrt, placed(x)),
    jacobian: (x) => {
      const at = placed(x);
      const request = { inputs: at.inputs, of: pathsOf(of), wrt: pathsOf(wrt) };
      const ask = () => handle.jacobian(request as never);
      return calls.attempt('jacobian', at.given, ask, (blocks) => readBlocks(of, wrt, blocks));
    },
  };
}

type Product = (
  endpoint: 'jvp' | 'vjp',
  seed: Float64Array,
  from: Layout,
  to: Layout,
  at: Placed,
) => Promise<Float64Array | undefined>;

/** Inputs, and the arrays in them. */
interface Placed {
  readonly inputs: object;
  readonly given: readonly Owned[];
}

function productsOf({ handle }: Subject, calls: Calls): Product {
  return (endpoint, seed, from, to, { inputs, given }) => {
    const name = endpoint === 'jvp' ? 'tangent' : 'cotangent';
    const arrays = arraysOf(from, seed);
    const seeds = Object.fromEntries(from.slots.map(({ path }, k) => [path, arrays[k]!]));
    const [of, wrt] = endpoint === 'jvp' ? [to, from] : [from, to];
    const request = { inputs, of: pathsOf(of), wrt: pathsOf(wrt), [name]: seeds };
    const lent = from.slots.map(({ path }, k) => ({ name: `${name}["${path}"]`, data: arrays[k]!.data }));
    const ask = () => handle[endpoint](request as never);
    return calls.attempt(endpoint, [...given, ...lent], ask, (value) =>
      readResult(to, `${handle.name}.${endpoint}()`, value),
    );
  };
}

function pathsOf({ slots }: Layout): readonly string[] {
  return slots.map(({ path }) => path);
}

function outputsOf({ slots, length }: Layout, outputs: object): Float64Array {
  const flat = new Float64Array(length);
  const arrays = readLeaves(
    outputs,
    slots.map(({ variable }) => variable),
    'outputs',
  );
  for (const [k, { path, start, end, dtype }] of slots.entries()) {
    const cast = castArray(arrays[k]!, dtype);
    const values = 'code' in cast ? realValues(arrays[k]!) : realValues(cast);
    if (values.length !== end - start) {
      throw new ComponentError('E_RESULT_SHAPE', {
        path: `outputs.${path}`,
        received: `${values.length} entries`,
        expected: `${end - start}`,
        rule: 'the shape it has at other points nearby',
      });
    }
    flat.set(values, start);
  }
  return flat;
}

// Block by block into rows over all inputs.
function readBlocks(of: Layout, wrt: Layout, blocks: object): ReturnType<typeof readResult> {
  const full = new Float64Array((of.length * wrt.length) / of.parts);
  const rows = Object.keys(blocks);
  const missing = of.slots.find(({ path }) => !rows.includes(path));
  if (missing) return { verdict: 'wrong keys', message: `The jacobian lacks "${missing.path}".` };
  for (const { path, start, end, shape } of of.slots) {
    const count = (end - start) / of.parts;
    for (const slot of wrt.slots) {
      const entries = (blocks as Record<string, Record<string, unknown>>)[path];
      const single: Layout = {
        slots: [{ ...slot, shape, start: 0, end: count * of.parts }],
        length: count * of.parts,
        parts: of.parts,
      };
      const picked = { [slot.path]: entries?.[slot.path] };
      const block = readResult(single, `jacobian["${path}"]`, picked, slot.shape);
      if (isMisfit(block)) return block;
      const width = slot.end - slot.start;
      for (let i = 0; i < count; i++) {
        full.set(block.subarray(i * width, (i + 1) * width), (start / of.parts + i) * wrt.length + slot.start);
      }
    }
  }
  return full;
}
