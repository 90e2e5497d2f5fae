/**
 * The pages of docs/ that are made from a table of the sources.
 *
 * To add a page, add a row to `pages`. `--check` writes nothing, and fails where a page differs from its table.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { loadSource } from './load.mjs';

const pages = {
  'docs/errors.md': async () => errorsPage((await loadSource('src/errors.ts')).errors),
};

/** A markdown table: `|` inside a cell would end it. */
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`)
    .join('\n');

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

const check = process.argv.includes('--check');
for (const [path, render] of Object.entries(pages)) {
  const [expected, present] = [await render(), await readFile(path, 'utf8').catch(() => '')];
  if (expected === present) continue;
  if (!check) await writeFile(path, expected);
  console.log(check ? `${path} differs from its table. Run npm run docs.` : `${path} is written.`);
  if (check) process.exitCode = 1;
}
