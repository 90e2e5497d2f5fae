/** A small client for the tests: one connection for each request unless it is told otherwise. */
import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body, parsed where it is JSON. */
  readonly json: Json;
}

// biome-ignore lint/suspicious/noExplicitAny: what a server sends has no type until a test has looked at it.
export type Json = any;

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

/** Send one request. */
export function send(url: string, { method = 'GET', headers = {}, body, agent, signal }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: agent ?? false, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Send a request to an endpoint, as JSON. */
export function post(url: string, body: unknown, sent: Sent = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...sent.headers };
  return send(url, { ...sent, method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Wait until `holds`, at most `ms` milliseconds. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 5000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('It did not come to pass.');
    await new Promise((done) => setTimeout(done, 10));
  }
}
