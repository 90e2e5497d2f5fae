/** What the client makes of answers that no server should give, and that some do; and that the next call works all the same. */
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connect, type NdArray } from '../../../src/client/index.js';
import { vectorDocument } from '../document.js';
import { answerRaw, rawCases } from './cases.js';
import { answerOf, plainAnswer, type RawServer, rawServer } from './rawServer.js';

const open: RawServer[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const outcome = (promise: Promise<{ y: NdArray }>): Promise<unknown> =>
  promise.then(
    ({ y }) => y.toNested(),
    (error: { code?: unknown }) => error.code ?? error,
  );

describe('the answer to a call', () => {
  test.each(rawCases.map((one) => [one.name, one] as const))('that is %s', async (_name, one) => {
    let calls = 0;
    const server = await rawServer((socket, { body }) => {
      if (body.includes('"shape":[1]')) void answerRaw(socket, one);
      else socket.write(plainAnswer(answerOf(7)));
      calls++;
    });
    open.push(server);
    const handle = await connect<{ x: number[] }, { y: NdArray }>(server.url, { timeout: 20_000 });
    expect(await outcome(handle.apply({ x: [1] }))).toEqual(one.gives);
    expect(calls).toBe(one.hits ?? 1);
    // No broken connection is left behind.
    expect(await outcome(handle.apply({ x: [1, 2] }))).toEqual([7]);
    const [first, second] = [server.received.at(0)!, server.received.at(-1)!];
    if (one.kept !== undefined) expect(second.connection === first.connection).toBe(one.kept);
  });
});

const large = new Float64Array(2_500_000);

/** A server that answers the first bytes of a large request, reads no more, and closes. */
async function refusing(close: (socket: Socket) => void): Promise<{ readonly url: string; readonly end: () => void }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      if (bytes.toString('latin1').startsWith('GET'))
        return void socket.end(plainAnswer(JSON.stringify(vectorDocument), 'connection: close\r\n'));
      socket.pause();
      const page = '<html><head><title>413 Request Entity Too Large</title></head><body>nginx</body></html>';
      socket.write(
        `HTTP/1.1 413 Request Entity Too Large\r\nconnection: close\r\ncontent-length: ${page.length}\r\n\r\n${page}`,
        () => close(socket),
      );
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, end: () => void server.close() };
}

describe('a request of 20 MB that is refused before it was read', () => {
  test.each<readonly [string, (socket: Socket) => void]>([
    ['and the connection ended', (socket) => socket.end()],
    ['and the connection closed with bytes unread', (socket) => void setTimeout(() => socket.destroy(), 20)],
    ['and the connection reset', (socket) => void setTimeout(() => socket.resetAndDestroy(), 20)],
  ])('%s, is told why', async (_how, close) => {
    for (let i = 0; i < 5; i++) {
      const { url, end } = await refusing(close);
      const handle = await connect(url, { timeout: 20_000 });
      const failed = await handle.apply({ x: large }).catch((error: unknown) => error);
      expect(failed).toMatchObject({
        code: 'E_REMOTE_FAILED',
        fields: { status: '413', reason: expect.stringMatching(/^Request Entity Too Large\. .*client_max_body_size/) },
      });
      end();
    }
  });
});

test('the cases are no fewer than those that were tried by hand', () => {
  expect(rawCases.length).toBeGreaterThanOrEqual(44);
});
