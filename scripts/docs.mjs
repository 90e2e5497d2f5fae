/**
 * The pages of docs/ that are made from a table of the sources.
 *
 * To add a page, add a row to `pages`; a page may be made in part, see `filled`. `--check` writes nothing, and fails where a page differs from its table.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { loadSource } from './loadSource.mjs';

const pages = {
  'docs/errors.md': async () => errorsPage((await loadSource('src/errors.ts')).errors),
  'docs/cli.md': async () => {
    const [{ commands }, { options }, help] = [
      await loadSource('src/cli/commands/index.ts'),
      await loadSource('src/cli/options.ts'),
      await loadSource('src/cli/help.ts'),
    ];
    return commandsPage(commands, options, help);
  },
  'docs/derivations.md': async () =>
    derivationsPage(await loadSource('src/derive/rules.ts'), await loadSource('src/derive/rule.ts')),
  'docs/benchmarks.svg': async () => (await loadSource('benchmarks/chart.ts')).chart(await recordedRun()),
  'docs/benchmarks.md': async () => {
    const [{ judge }, { figureHead, figures }] = [
      await loadSource('benchmarks/targets.ts'),
      await loadSource('benchmarks/table.ts'),
    ];
    const run = await recordedRun();
    return filled(await readFile('docs/benchmarks.md', 'utf8'), {
      run: `Recorded on ${run.date}: ${run.machine}; Node ${run.node}; ${run.original}.`,
      targets: targetsTable(judge(run.results)),
      figures: table(figureHead, run.results.map(figures)),
    });
  },
  'docs/taylor.svg': async () => {
    const [{ taylorPlot }, { pageStyle }] = [
      await loadSource('src/testing/page/taylorPlot.ts'),
      await loadSource('src/testing/page/style.ts'),
    ];
    return taylorPicture(taylorPlot, pageStyle);
  },
};

/** A markdown table: `|` inside a cell would end it. */
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`)
    .join('\n');

const recordedRun = async () => JSON.parse(await readFile('benchmarks/recorded.json', 'utf8'));

/** A page that is written by hand, with what stands between its marks `<!-- made: name -->` and `<!-- end -->` made anew. */
const filled = (page, parts) =>
  Object.entries(parts).reduce((text, [name, part]) => {
    const [mark, end] = [`<!-- made: ${name} -->`, '<!-- end -->'];
    const [before, after] = text.split(mark);
    if (after === undefined) throw new Error(`There is no ${mark}.`);
    return `${before}${mark}\n${part}\n${after.slice(after.indexOf(end))}`;
  }, page);

const targetsTable = (verdicts) =>
  table(
    ['What', 'Looked at', 'Wanted', 'Is', 'Where it is worst', ''],
    verdicts.map(({ what, measure, bound, figure, worst, met }) => [
      what,
      measure,
      bound,
      figure,
      `\`${worst}\``,
      met ? 'met' : '**missed**',
    ]),
  );

/** The Taylor plots of x³ at 1.1: with the derivative, and with one that is a hundredth too large. */
function taylorPicture(taylorPlot, pageStyle) {
  const at = 1.1;
  const plot = (id, derivative, slope) => {
    const points = Array.from({ length: 20 }, (_, k) => {
      const t = 2 ** (2 * k - 39);
      const x = at + at * t;
      const change = x * x * x - at * at * at;
      return { t, change, remainder: Math.abs(change - t * derivative) / derivative, floor: 1.5e-15 };
    });
    return taylorPlot(id, { wrt: 'x', of: 'y', source: 'jacobian', slope, points });
  };
  const derivative = 3 * at * at * at;
  const both = [plot('right', derivative, 2), plot('wrong', 1.01 * derivative, 1)];
  const placed = both.map((svg, k) =>
    svg.replace(
      /style="[^"]*"/,
      `x="${10 + 480 * k}" y="34" width="460" height="320" style="width: 460px; height: 320px"`,
    ),
  );
  const titles = ['the derivative', 'a hundredth too large'].map(
    (title, k) => `<text class="title" x="${68 + 480 * k}" y="24">${title}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 364" role="img" aria-label="Two Taylor plots">
<style>${pageStyle}
.ground { fill: var(--ground); }
.title { fill: var(--ink); font: 600 15px system-ui, sans-serif; }
</style>
<rect class="ground" width="960" height="364" rx="10"/>
${[...titles, ...placed].join('\n')}
</svg>
`;
}

function errorsPage(errors) {
  const facts = new Proxy({}, { get: (_, name) => `‹${String(name)}›` });
  const rows = Object.entries(errors).map(([code, { status, wire, message }]) => [
    `\`${code}\``,
    status,
    `\`${wire}\``,
    message(facts),
  ]);
  return `# Errors

Every error is a \`ComponentError\` with a \`code\`, a \`status\`, its \`fields\` and a message; the text is the same in
process, on the command line and over HTTP. This page is made from \`src/errors.ts\` by \`npm run docs\`.
What stands in ‹brackets› is one of the error's \`fields\`.

${table(['Code', 'Status', 'Type on the wire', 'Message'], rows)}
`;
}

function derivationsPage({ ruleNames, ruleOf, decoratorOf }, { costOf }) {
  const rows = ruleNames.map((name) => {
    const { to, from, exact, summary } = ruleOf(name);
    const decorator = `\`@${decoratorOf(name)}()\``;
    return [`\`${name}\``, decorator, to, from.join(', '), costOf(ruleOf(name)), exact ? 'yes' : 'no', summary];
  });
  return `# Derivations

A derivation answers one endpoint from others that the component has. It is never silent: a class opts in with the
rule's decorator, or with \`@Derive('vjpFromJacobian', …)\`; order does not matter, and rules chain. This page is made from
\`src/derive/rules.ts\` by \`npm run docs\`.

${table(['Rule', 'Decorator', 'Gives', 'From', 'Cost', 'Exact', 'What it does'], rows)}

## What holds for all of them

- A seed (tangent or cotangent) that is all zeros costs no base call. Single zero seeds among several are left out of the
  request to the base.
- A rule that must know the outputs' shapes beforehand takes them from the schema where it fixes them, else from a
  hand-written \`abstractEval\`, else from one \`apply\`.
- Sums run in float64 (complex128), in schema order: the same request gives the same bits. The result is cast once, at the
  end, to the declared dtype.
- What is synchronous stays so: a derived endpoint returns a promise only where its base does.
- Each probe is a fresh array, and each answer is copied before the next probe, so a method may reuse its buffers.
- Derived endpoints call the subclass's own override of their base.
- A failure in a sweep names the probe, and keeps the author's error as its \`cause\`.
- Complex arrays are differentiated holomorphically, without conjugation. A pair of a real and a complex array cannot be
  recovered from one-hot probes, and is refused.

## From apply alone

The rules from \`apply\` are differences: approximate, and never chosen unless the class says so. Their decorators take
\`{ scheme, noise, magnitudes, bounds, complexStep }\`:

- \`scheme\`: \`'central'\` (2 calls for each direction, and 1 more for all; about 1e-10 in float64), \`'forward'\` (1, and 3
  more for all, a jvp 3; 1e-8) or \`'richardson'\` (4, and 1 more; 1e-12). One call serves all outputs of one precision: float64 and float32
  outputs are taken in a sweep each, at the steps that suit them.
- Steps are relative to each element and to the coarser precision of input and output; \`magnitudes\` replaces the size of
  an element, \`noise\` the rounding of \`apply\` (\`'estimate'\` measures it, at 9 more calls). A path may be a pattern.
- An element that is next to nothing beside its neighbours (less than a thousandth), less than 1e-3, or 0, is stepped by
  its own size first. Where that drowns in rounding, longer steps are tried, and taken where they agree with the shorter
  one: 2 or 4 calls more (\`richardson\` 4 or 8). A zero in an array of zeros, or of numbers far from 1, is reported as guessed.
- Where an output bends within the step (high frequency, the edge of a domain, a zero that stands for something tiny),
  steps 32 times shorter are tried until two of them agree: 2 to 16 calls more for that element. \`richardson\` falls back
  on them. What never agrees is reported as not smooth: it is rounded or noisy (\`noise: 'estimate'\`), or has a kink.
  Forward differences compare slopes to both sides once, all elements together; where they differ, central ones are
  taken. Jumps alike on both sides of the point are not seen: declare a noise where apply rounds.
- Where an element moves no output to the bit, or nothing moves an output, these elements are moved by a tenth of their
  size: 2 calls for all of them together. Where something moves then, halves of them are moved, and single ones by a
  hundredth too: at most 6 calls for each. An output that moves to both sides is reported as rounded.
  A jvp looks again at the outputs that its tangent does not move: 2 calls for all of them, or 4.
- No evaluation crosses \`bounds\`, nor those of \`@Min\`, \`@Max\`, \`@IsPositive\` and \`@IsNegative\`; a point beyond them, by more
  than roundoff, is \`E_OUTSIDE_BOUNDS\`. At a bound, where \`apply\` throws, or where it is not finite, the other side answers, at
  one more call or two. At a corner, a direction is taken in two parts. What both sides refuse is \`E_PROBE\`, which names
  the element that was moved. Where bounds leave an element no room, its derivative is NaN, and that is reported.
- What is reported is a process warning (\`CotangentWarning\`), once for a component, a kind and a path, or goes to
  \`onWarning\`, an option of the call; \`onErrors\` is told the estimated errors. \`explain\` lists what is known beforehand and
  what earlier requests were told, and says in \`besides\` what may be called besides.
- \`complexStep: true\` asks for one call at a complex point, exact to rounding, of an \`apply\` that computes with complex
  arrays, and compares along one direction with a difference of real numbers (3 calls): \`E_COMPLEX_STEP\` where a modulus
  or a comparison loses the imaginary part.
- Integers, and inputs that nobody asked about, are never moved. Arrays of complex numbers are moved along the real axis.
- \`vjpEstimateFromApply\` needs \`{ samples }\`. It is a random estimate, and no other rule may build on it.

## What is refused, when the class is defined

A rule without its base, rules that need each other in a circle, two rules for one endpoint, and a rule that would replace
a hand-written endpoint of the same class. A subclass that overrides \`apply\` while it inherits a hand-written derivative is
refused too, unless it says \`@Apply({ keepsDerivatives: true })\`.

## As functions

Each rule is also a plain function, for use inside a hand-written endpoint:

\`\`\`ts
import { type JacobianRequest, type VjpRequest, vjpFromJacobian } from 'cotangent';

declare const jacobian: (request: JacobianRequest<{ x: number }>) => { y: { x: number } };

export function vjp(request: VjpRequest<{ x: number }>) {
  return vjpFromJacobian(jacobian, request);
}
\`\`\`
`;
}

async function commandsPage(commands, options, { usageOf, exitCodeRows }) {
  const sections = [];
  for (const [name, { summary, load }] of Object.entries(commands)) {
    sections.push(commandSection(name, summary, await load(), usageOf));
  }
  const rows = Object.entries(options).map(([name, row]) => [
    `${row.short ? `\`-${row.short}\`, ` : ''}\`--${name}${row.value ? ` <${row.value}>` : ''}\``,
    row.summary,
    row.choices?.map((choice) => `\`${choice}\``).join(', ') ?? row.default ?? '',
    row.env.map((variable) => `\`${variable}\``).join(', '),
  ]);
  return `# The command line

\`cotangent <command>\` runs, serves and checks components. This page is made from the tables in \`src/cli\` by
\`npm run docs\`.

The component is the file that is named first, or with \`--component\`, or \`component.ts\` in the working folder: TypeScript
or JavaScript, ES module or CommonJS, in either dialect of decorators. A request is its JSON, \`@file\`, or \`-\` for
standard input.

Results are written to standard output, an answer to the byte; everything else goes to standard error, also what a
component prints with \`console.log\`. What it writes past Node, to the file descriptor itself, is not caught.

## Exit codes

${table(['Code', 'Meaning'], exitCodeRows)}

## Commands

${sections.join('\n\n')}

## Options

An option comes before its environment variables; of those, the first that is set counts. A variable that holds a
list has commas between its entries.

${table(['Option', 'Meaning', 'Default or values', 'Environment'], rows)}
`;
}

function commandSection(name, summary, command, usageOf) {
  const { description, args, options, examples } = command;
  const listed = args.map((arg) => `* \`${arg.name}\`: ${arg.summary}`).join('\n');
  const names = options.map((option) => `\`--${option}\``).join(', ');
  const shown = examples.map((example) => `# ${example.says}\n${example.command}`).join('\n\n');
  return [
    `### ${name}`,
    description === undefined ? summary : `${summary} ${description}`,
    `\`\`\`\n${usageOf(name, command)}\n\`\`\``,
    ...(listed === '' ? [] : [listed]),
    ...(names === '' ? [] : [`Options: ${names}.`]),
    `\`\`\`sh\n${shown}\n\`\`\``,
  ].join('\n\n');
}

const check = process.argv.includes('--check');
for (const [path, render] of Object.entries(pages)) {
  const [expected, present] = [await render(), await readFile(path, 'utf8').catch(() => '')];
  if (expected === present) continue;
  if (!check) await writeFile(path, expected);
  console.log(check ? `${path} differs from its table. Run npm run docs.` : `${path} is written.`);
  if (check) process.exitCode = 1;
}
