/** A proxy as companies have them: it takes `http` by whole addresses and everything else by tunnels, and sends all to one place. */
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** A running proxy. */
export interface ForwardProxy {
  readonly url: string;
  /** What it was asked for, with the credentials. */
  readonly asked: string[];
  readonly close: () => Promise<void>;
}

/** Start a proxy that takes every name for the server at `target`. `refuse` has it hang up on tunnels. */
export async function forwardProxy(target: string, { refuse = false } = {}): Promise<ForwardProxy> {
  const { hostname, port } = new URL(target);
  const asked: string[] = [];
  const told = (line: string, credentials: string | undefined) =>
    void asked.push(credentials ? `${line} ${credentials}` : line);
  const server = createServer((incoming, outgoing) => {
    told(`${incoming.method} ${incoming.url}`, incoming.headers['proxy-authorization']);
    const { pathname } = new URL(incoming.url ?? '');
    const sent = request(
      { hostname, port, path: pathname, method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.pipe(sent);
  });
  server.on('connect', (incoming, socket) => {
    told(`CONNECT ${incoming.url}`, incoming.headers['proxy-authorization']);
    socket.on('error', () => undefined);
    if (refuse) return void socket.destroy();
    const onward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { url, asked, close };
}
