/** What a sweep by differences has to say besides its values: as plain data, in words, and to whom. */
import type { CallOptions, DifferenceWarning } from '../operators/endpoints.js';
import type { Report } from './difference/sampling.js';
import { elementAt, type Place, placeAt } from './evaluation.js';
import type { Behind } from './planner/behind.js';

type Kind = DifferenceWarning['kind'];

/** Where something is so: the element in words, and the outputs concerned. */
interface Where {
  readonly element: string;
  readonly outputs: string;
  /** By how much of its size the element was moved. */
  readonly relative: number;
}

const noisy =
  "where apply rounds, keeps float32, or has a solver with a tolerance inside, noise: 'estimate' steps over it";

const texts: Readonly<Record<Kind, (where: Where) => string>> = {
  'guessed scale': ({ element }) =>
    `${element} is 0, and what it is next to tells no scale for it: it is stepped as a number of the size of 1, or as ` +
    'one of its neighbours. Declare its magnitude (magnitudes).',
  'no room': ({ element }) =>
    `${element} cannot move: its bounds leave no room, or it is not finite. Its derivative is NaN. Widen its bounds, or ` +
    'leave its path out of wrt.',
  'not finite': ({ element, outputs }) =>
    `${outputs} has no finite value on either side of ${element}. The derivative there is NaN. Declare bounds that keep ` +
    'the evaluations inside of the domain.',
  'not smooth': ({ element, outputs }) =>
    `${outputs} jumps or bends within the step of ${element}, and within each shorter step: ${noisy}; at a kink there is ` +
    'no derivative.',
  rounded: ({ element, outputs, relative }) =>
    `${outputs} is flat along ${element} here, and moves when that is moved by ${relative} of its size: is it rounded ` +
    `inside? The derivative came out as 0. Say noise: the relative size of a jump (${noisy}).`,
};

/** What was found, as far as it is told in warnings. */
export interface Found {
  readonly report: Report;
  /** The inputs in the order that the report counts elements in. */
  readonly inputs: readonly Place[];
  /** The outputs in the order that the report counts them in; undefined where none was evaluated. */
  readonly outputs?: readonly Place[] | undefined;
}

/** The warnings of a sweep. */
export function warningsOf({ report, inputs, outputs = [] }: Found): readonly DifferenceWarning[] {
  const warning = (kind: Kind, j: number, concerned?: readonly number[], relative = 0): DifferenceWarning => {
    const of = concerned && [...new Set(concerned.map((i) => pathAt(outputs, i)))];
    const path =
      j < 0 ? inputs.map(({ variable }) => variable.path).join(', ') : placeAt(inputs, j).place.variable.path;
    const where = {
      element: j < 0 ? `the direction (${path})` : elementAt(inputs, j),
      outputs: of?.join(', ') ?? '',
      relative,
    };
    const message = texts[kind](where);
    const element = j < 0 ? -1 : placeAt(inputs, j).element;
    return { kind, path, element, ...(of && { of }), message };
  };
  return [
    ...report.guessed.map((j) => warning('guessed scale', j)),
    ...report.noRoom.map((j) => warning('no room', j)),
    ...report.notFinite.map(({ element, outputs: lost }) => warning('not finite', element, lost)),
    ...report.rough.map(({ element, outputs: rough }) => warning('not smooth', element, rough)),
    ...report.quantised.map(({ element, outputs: flat, relative }) => warning('rounded', element, flat, relative)),
  ];
}

// Of a complex step the outputs are half as many as their places say; then the last path has to do.
function pathAt(outputs: readonly Place[], i: number): string {
  return (outputs.find(({ end }) => i < end) ?? outputs.at(-1))?.variable.path ?? 'an output';
}

// What was told, by what is behind the component; the process is told each kind once for each path.
const told = new WeakMap<object, Map<string, DifferenceWarning>>();

/** What was told of the requests to a component so far, one warning of each kind for each path. */
export function toldOf(behind: Behind | undefined): readonly DifferenceWarning[] {
  return [...((behind && told.get(behind.known)?.values()) ?? [])];
}

/** Tell the caller, or else the process: there once for a component, a kind and a path. */
export function announce(
  rule: string,
  warnings: readonly DifferenceWarning[],
  options: CallOptions | undefined,
  behind: Pick<Behind, 'component' | 'known' | 'warn'>,
): void {
  const known = told.get(behind.known) ?? new Map<string, DifferenceWarning>();
  told.set(behind.known, known);
  for (const warning of warnings) {
    const key = `${rule} ${warning.kind} ${warning.path} ${warning.of ?? ''}`;
    const isNew = !known.has(key);
    known.set(key, warning);
    if (options?.onWarning) options.onWarning(warning);
    else if (isNew) behind.warn(`${behind.component}, ${rule}: ${warning.message}`);
  }
}
