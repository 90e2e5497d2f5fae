/**
 * The bare server, the limit over HTTP: it reads a request to its end and sends an answer that is ready. What another
 * server answers to the first request of its kind is what it answers to all of them.
 *
 *     node bare.js <port> <url of the other server>
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

const [port, url] = process.argv.slice(2);

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer;
}

const bytesOf = (message: IncomingMessage) =>
  new Promise<Buffer>((resolve) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => resolve(Buffer.concat(chunks)));
  });

function asked({ url: path, method, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onAnswer = async (answer: IncomingMessage) => {
      const content = await bytesOf(answer);
      const type = answer.headers['content-type'] ?? 'application/json';
      const sent = { 'content-type': type, 'content-length': content.length };
      resolve({ status: answer.statusCode!, headers: sent, body: content });
    };
    request(new URL(path!, url), { method, headers }, onAnswer).on('error', reject).end(body);
  });
}

const known = new Map<string, Answer>();

async function respond(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bytesOf(incoming);
  const kind = `${incoming.url} ${body.length}`;
  const answer = known.get(kind) ?? (await asked(incoming, body));
  known.set(kind, answer);
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

createServer((incoming, response) => {
  respond(incoming, response).catch((error) => response.destroy(error));
}).listen(Number(port), '127.0.0.1');
