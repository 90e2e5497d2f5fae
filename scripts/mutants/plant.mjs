/** Faults of the table in `faults/`: a room's rows, and the text of a file with the fault of a row in it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const tables = join(import.meta.dirname, 'faults');

/** Every row, with its room: the file that it stands in. What a row does not say, its room says. */
export async function readFaults() {
  const rows = [];
  for (const name of readdirSync(tables).sort()) {
    const room = name.replace(/\.mjs$/, '');
    const { tests, project = 'legacy', faults } = await import(`./faults/${name}`);
    for (const fault of faults) rows.push({ room, tests, project, ...fault });
  }
  return rows;
}

/** `text` with the fault of `row` in it. An error where what the row replaces is not in there exactly once. */
export function plant(text, { name, file, find, replace }) {
  const found = text.split(find).length - 1;
  if (found !== 1)
    throw new Error(
      `The fault "${name}" is stale: its "find" occurs ${found} times in ${file}, and has to occur once.\n  ${find}`,
    );
  if (find === replace) throw new Error(`The fault "${name}" changes nothing: its "find" is its "replace".`);
  return text.replace(find, () => replace);
}

const root = resolve(import.meta.dirname, '../..');

/** What keeps rows from being planted in the sources as they are, a line for each. */
export function staleOf(rows) {
  return rows.flatMap((row) => {
    if (!existsSync(join(root, row.file))) return [`The fault "${row.name}" is stale: there is no ${row.file}.`];
    try {
      plant(readFileSync(join(root, row.file), 'utf8'), row);
      return [];
    } catch (error) {
      return [error.message];
    }
  });
}

/**
 * `count` rows that the text `seed` chooses. They go round the rooms: no room has two before every room has one, so
 * that a few say something of all.
 */
export function sampleOf(rows, count, seed) {
  const random = generator(seed);
  const ranked = rows.map((row) => ({ row, at: random() })).sort((a, b) => a.at - b.at);
  const seen = new Map();
  for (const one of ranked) {
    one.turn = seen.get(one.row.room) ?? 0;
    seen.set(one.row.room, one.turn + 1);
  }
  return ranked
    .sort((a, b) => a.turn - b.turn || a.at - b.at)
    .slice(0, count)
    .map(({ row }) => row);
}

/** Mulberry32, begun at the FNV-1a hash of a text. */
function generator(text) {
  let state = 0x811c9dc5;
  for (const character of String(text)) state = Math.imul(state ^ character.codePointAt(0), 0x01000193) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The verdict in what a run of the tests printed; the first counts. See `reporter.mjs`. */
export function verdictIn(text) {
  const found = /^verdict (.*)$/m.exec(text);
  return found ? JSON.parse(found[1]) : { verdict: 'broken', by: text.trim().split('\n').slice(0, 6).join('\n') };
}
