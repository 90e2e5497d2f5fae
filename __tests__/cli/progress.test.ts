/** The progress bar: on a terminal it is one line that is written over, elsewhere it is nothing. */
import { describe, expect, jest, test } from '@jest/globals';
import { progressBar } from '../../src/cli/progress.js';

/** A stream that keeps what is written to it. */
function stream(isTTY: boolean): NodeJS.WriteStream & { readonly written: string[] } {
  const written: string[] = [];
  return { isTTY, written, write: (text: string) => written.push(text) > 0 } as never;
}

/** Show 100 calls, one each 50 ms. */
function run(target: NodeJS.WriteStream, quiet = false) {
  const clock = jest.spyOn(Date, 'now');
  const bar = progressBar(target, quiet);
  for (let made = 0; made < 100; made++) {
    clock.mockReturnValue(1e6 + 50 * made);
    bar.show(made, 'apply', 80);
  }
  bar.clear();
  clock.mockRestore();
}

describe('the progress bar', () => {
  test('writes nothing where the stream is no terminal, or where it is unwanted', () => {
    const [pipe, unwanted] = [stream(false), stream(true)];
    run(pipe);
    run(unwanted, true);
    expect([...pipe.written, ...unwanted.written]).toEqual([]);
  });

  test('writes over its line at most every 60 ms, is never more than full, and takes itself away', () => {
    const terminal = stream(true);
    run(terminal);
    const lines = terminal.written;
    expect(lines.length).toBe(51);
    expect(lines.every((line) => line.startsWith('\r\u001b[K') && !line.includes('\n'))).toBe(true);
    const full = lines.map((line) => [...line].filter((character) => character === '█').length);
    const empty = lines.map((line) => [...line].filter((character) => character === '░').length);
    expect(full.slice(0, -1)).toEqual(full.slice(0, -1).sort((a, b) => a - b));
    expect(full.slice(0, -1).every((cells, k) => cells + empty[k]! === 28)).toBe(true);
    expect(lines.at(-1)).toBe('\r\u001b[K');
  });

  test('has nothing to take away where nothing was shown', () => {
    const terminal = stream(true);
    progressBar(terminal, false).clear();
    expect(terminal.written).toEqual([]);
  });
});
