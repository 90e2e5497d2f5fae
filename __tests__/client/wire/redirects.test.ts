/** Where a request goes that is sent on, over every transport: by the rules of the Fetch standard. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { type ConnectOptions, connect } from '../../../src/client/index.js';
import { encoded, vectorDocument } from '../document.js';
import { json, type Received, type Respond, type Stub, stubFor } from '../stub.js';
import { codeOf, transports } from './transports.js';

const open: Stub[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serving(respond: Respond): Promise<Stub> {
  const one = await stubFor(vectorDocument, respond);
  open.push(one);
  return one;
}

async function applied({ url }: Stub, options: ConnectOptions): Promise<unknown> {
  const handle = await connect(url, options);
  return handle.apply({ x: [1] });
}

const answer = { y: encoded([2], [1]) };
const to =
  (location: string, status: number): Respond =>
  (response) =>
    json(response, {}, status, { location });

/** The requests of a call that is sent on once: the first, and the one after it. */
async function sent(status: number, options: ConnectOptions): Promise<readonly Received[]> {
  const server = await serving((response, { url }) => {
    if (url === '/apply') json(response, {}, status, { location: '/moved?to=here' });
    else json(response, answer);
  });
  await expect(applied(server, options)).resolves.toMatchObject({ y: { shape: [1] } });
  return server.received.slice(1);
}

describe.each(transports)('a request that is sent on, over %s', (_name, through) => {
  test.each([301, 302, 303])('by status %i becomes a GET without a body', async (status) => {
    const [, moved] = await sent(status, through);
    expect([moved!.url, moved!.method, moved!.body]).toEqual(['/moved?to=here', 'GET', '']);
    expect(moved!.headers['content-type']).toBeUndefined();
  });

  test('to another server is sent without what is meant for the first', async () => {
    const second = await serving((response) => json(response, answer));
    const first = await serving(to(`${second.url}/apply`, 302));
    await applied(first, { ...through, headers: { Authorization: 'Bearer secret', 'x-kept': 'yes' } });
    expect([first.received[1]!.headers['authorization'], second.received[0]!.headers['authorization']]).toEqual([
      'Bearer secret',
      undefined,
    ]);
    expect(second.received[0]!.headers['x-kept']).toBe('yes');
    expect(second.received[0]!.headers.host).toBe(second.url.slice('http://'.length));
  });

  test('on the same server is sent with all of its headers', async () => {
    const server = await serving((response, { url }) =>
      url === '/apply' ? json(response, {}, 302, { location: 'other' }) : json(response, answer),
    );
    await applied(server, { ...through, headers: { authorization: 'Bearer secret' } });
    expect(server.received[2]).toMatchObject({ url: '/other', headers: { authorization: 'Bearer secret' } });
  });

  test('round in a circle is an error after twenty rounds', async () => {
    const server = await serving(to('/apply', 302));
    expect(await codeOf(applied(server, through))).toBe('E_REMOTE_UNREACHABLE');
    expect(server.received).toHaveLength(1 + 21);
  });

  test.each(['ftp://127.0.0.1/apply', 'http://'])('to %s goes nowhere', async (location) => {
    expect(await codeOf(applied(await serving(to(location, 307)), through))).toBe('E_REMOTE_UNREACHABLE');
  });

  test('to nowhere in particular is an answer like any other', async () => {
    const server = await serving((response) => json(response, { detail: 'lost' }, 307));
    expect(await codeOf(applied(server, through))).toBe('E_REMOTE_FAILED');
  });
});

// The `fetch` of Node 20 fails at these: it has given the body away.
describe('a request that is sent on, over sockets', () => {
  test.each([307, 308])('by status %i keeps its method and its body', async (status) => {
    const [first, moved] = await sent(status, {});
    expect([moved!.url, moved!.method, moved!.body]).toEqual(['/moved?to=here', 'POST', first!.body]);
    expect(moved!.headers['content-type']).toBe('application/json');
  });
});
