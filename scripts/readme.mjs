/**
 * The TypeScript blocks of a page.
 *
 * A block is a module. It has a name where its first line is a comment with one (`// rosenbrock.ts`), so that a later
 * block can import it; otherwise it is `block3.ts`. A block with a `text` block right behind it prints that text.
 */

/** The blocks of `markdown`, in order: their file name, their code, and what they print, if they say so. */
export function readmeBlocks(markdown) {
  const fence = /^```(\w*)[^\n]*\n([\s\S]*?)^```$/gm;
  const blocks = [];
  let previous;
  for (const [whole, language, code] of markdown.matchAll(fence)) {
    const start = markdown.indexOf(whole, previous?.end ?? 0);
    const between = previous ? markdown.slice(previous.end, start) : '';
    if (language === 'text' && previous?.block && between.trim() === '') previous.block.prints = code;
    const block = language === 'ts' ? { name: nameOf(code) ?? `block${blocks.length + 1}.ts`, code } : undefined;
    if (block) blocks.push(block);
    previous = { end: start + whole.length, block };
  }
  return blocks;
}

const nameOf = (code) => /^\/\/ ([\w-]+\.ts)\s*$/m.exec(code.split('\n')[0])?.[1];
