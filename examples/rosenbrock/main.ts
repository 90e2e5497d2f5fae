/** Ask the Rosenbrock function for its derivatives, then walk down its valley with them. `npm run example` runs this. */
import { argv, stdout } from 'node:process';
import { pathToFileURL } from 'node:url';
import { type ComponentHandle, openComponent, type Provenance, sync } from 'cotangent';
import numeric from 'numeric';
import { Rosenbrock } from './component.js';
import { drawPath, type Point } from './picture.js';

/** Print the four answers at (2, 2), then the descent from (-1.2, 1). */
export async function main(print: (line: string) => void): Promise<void> {
  const rosenbrock = openComponent(Rosenbrock);
  for (const line of await answers(rosenbrock)) print(line);
  print('');
  for (const line of descent([-1.2, 1])) print(line);
}

/** What each endpoint says, and where its answer comes from. */
async function answers(rosenbrock: ComponentHandle): Promise<string[]> {
  const inputs = { x: 2, y: 2 };
  const given = {
    apply: ['', await rosenbrock.apply(inputs)],
    jacobian: ['', await rosenbrock.jacobian({ inputs })],
    jvp: ['t = (1, -1)', await rosenbrock.jvp({ inputs, tangent: { x: 1, y: -1 } })],
    vjp: ['c = 1', await rosenbrock.vjp({ inputs, cotangent: { result: 1 } })],
  } as const;
  const rows = Object.entries(given).map(([endpoint, [seed, value]]) => {
    const source = sourceOf(rosenbrock.provenance[endpoint as keyof typeof given]);
    return `  ${endpoint.padEnd(9)} ${seed.padEnd(12)} ${format(value).padEnd(36)} ${source}`;
  });
  return ['Rosenbrock at x = 2, y = 2: its jacobian is written by hand, jvp and vjp are derived.', '', ...rows];
}

function sourceOf(provenance: Provenance | undefined): string {
  if (!provenance) return 'not offered';
  if (provenance.kind === 'own') return `own: ${provenance.method}()`;
  return `derived: ${provenance.rule}, ${provenance.cost}`;
}

function format(value: object): string {
  return JSON.stringify(value).slice(1, -1).replaceAll('"', '').replaceAll(/[:,]/g, '$& ');
}

/** Minimise from `start` by BFGS (numeric's `uncmin`), whose gradient is the derived vjp; it wants plain calls. */
function descent(start: Point): string[] {
  const rosenbrock = new Rosenbrock();
  const path: Point[] = [];
  const at = ([x, y]: readonly number[]) => ({ x: x!, y: y!, a: 1, b: 100 });
  const height = (point: readonly number[]) => rosenbrock.apply(at(point)).result;
  let calls = 0;
  const gradient = (point: readonly number[]) => {
    calls += 1;
    const request = { inputs: at(point), of: ['result'], wrt: ['x', 'y'], cotangent: { result: 1 } };
    const { x, y } = sync(rosenbrock.vjp(request));
    return [x, y];
  };
  const found = numeric.uncmin(height, [...start], 1e-7, gradient, 200, (_step, [x, y]) => void path.push([x, y]));
  const [x, y] = found.solution;
  return [
    `From (${start.join(', ')}) by BFGS, the gradient from the derived vjp: ${path.length - 1} steps, ${calls} calls.`,
    '',
    ...drawPath({ height, from: [-1.9, -0.7], to: [1.9, 2.1] }, path).map((line) => `  ${line}`),
    '',
    `  ○ start   ● step   ✕ minimum: (${x!.toFixed(6)}, ${y!.toFixed(6)}), where f = ${found.f.toExponential(1)}`,
  ];
}

const highlighted = (line: string) => line.replaceAll(/[○●✕]/g, '\x1b[1;33m$&\x1b[0m');
const write = (line: string) => console.log(stdout.isTTY && stdout.hasColors() ? highlighted(line) : line);
if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) await main(write);
