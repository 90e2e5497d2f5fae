/** Faults of the server: what is read, what is answered, when it ends. */

export const tests = ['__tests__/server'];

export const faults = [
  {
    name: 'a worker that cannot load is started again at once, for ever',
    file: 'src/server/workerSlot.ts',
    find: 'this.#delay = Math.min(2 * this.#delay, LONGEST_DELAY_MS);',
    replace: '',
    tests: ['__tests__/server/parts'],
  },
  {
    name: 'memory is taken for what a client only announces',
    file: 'src/server/readBody.ts',
    find: 'length < announced && 4 * length >= announced',
    replace: 'length < announced',
    tests: ['__tests__/server/parts'],
  },
  {
    name: 'a body that is given back twice counts twice',
    file: 'src/server/readBody.ts',
    find: 'if (this.#isReleased) return;',
    replace: '',
    tests: ['__tests__/server/parts'],
  },
  {
    name: 'a body that is refused stays in the budget',
    file: 'src/server/readBody.ts',
    find: 'budget.held -= chunk.length;\n      throw',
    replace: 'throw',
    tests: ['__tests__/server/parts'],
  },
  {
    name: 'what an author’s code threw is public where it is a ComponentError',
    file: 'src/server/errorAnswer.ts',
    find: '!(error instanceof ComponentError) || isAuthors(error)',
    replace: '!(error instanceof ComponentError)',
    tests: [
      '__tests__/server/requests',
      '__tests__/server/parts',
      '__tests__/server/security',
      '__tests__/server/workers',
    ],
  },
  {
    name: 'a 422 with several problems tells one',
    file: 'src/server/errorAnswer.ts',
    find: 'problems.map(detailOf)',
    replace: '[detailOf(error)]',
    tests: ['__tests__/server/requests', '__tests__/server/parts'],
  },
  {
    name: 'the weight of a format is not looked at',
    file: 'src/server/negotiate.ts',
    find: 'return weight === undefined ? whole : `${whole};${weight.toLowerCase()}`;',
    replace: 'return whole;',
    tests: ['__tests__/server/parts'],
  },
  {
    name: 'a long Accept is remembered',
    file: 'src/server/negotiate.ts',
    find: 'if (known.size < MOST_KNOWN && (accept',
    replace: 'if (known.size >= 0 && (accept',
    tests: ['__tests__/server/parts', '__tests__/server/memory'],
  },
  {
    name: 'a deadline passes after it was cleared',
    file: 'src/server/deadline.ts',
    find: 'this.#unwatch || this.#reason || this.#isCleared',
    replace: 'this.#unwatch || this.#reason',
    tests: ['__tests__/server/parts', '__tests__/server/requests', '__tests__/server/limits'],
  },
  {
    name: 'a drain does not tell open connections that they close',
    file: 'src/server/drain.ts',
    find: 'if (this.#isDraining) closeAfter(response);',
    replace: '',
    tests: ['__tests__/server/sockets', '__tests__/server/parts', '__tests__/server/plugin', '__tests__/cli/serve'],
  },
  {
    name: 'the time that a request has waited does not count',
    file: 'src/server/deadline.ts',
    find: 'this.#timeout - (performance.now() - this.#start)',
    replace: 'this.#timeout',
    tests: ['__tests__/server/parts', '__tests__/server/workers', '__tests__/server/limits'],
  },
];
