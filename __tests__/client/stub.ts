/** A server that answers as a test says, and remembers what it was asked. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came in. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What a test does with a request; `count` is how many came before it. */
export type Respond = (response: ServerResponse, received: Received, count: number) => void;

/** A running stub. */
export interface Stub {
  readonly url: string;
  readonly received: Received[];
  readonly close: () => Promise<void>;
}

/** Start a stub on a free port. */
export async function stub(respond: Respond): Promise<Stub> {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() };
      received.push(one);
      respond(response, one, received.length - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, received, close };
}

/** Answer with JSON. */
export function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** A stub that serves a document, and answers every other request as the test says. */
export function stubFor(document: unknown, respond: Respond): Promise<Stub> {
  return stub((response, received, count) => {
    if (received.url === '/openapi.json') json(response, document);
    else respond(response, received, count - 1);
  });
}
