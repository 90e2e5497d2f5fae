/** The head of an answer in HTTP/1.1 (RFC 9112, 4 and 5). */

/** A status, and the header fields by their names in lower case; of equal names the values are joined. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** Whether its connection may be used again. */
  readonly persistent: boolean;
}

/** Read a head, without the empty line at its end. Throws where it is not HTTP/1. */
export function parseHead(text: string): AnswerHead {
  const [first = '', ...fields] = text.split('\r\n');
  const [, minor, status] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/.exec(first) ?? [];
  if (status === undefined) throw new Error(`what came back is not HTTP/1: ${JSON.stringify(first.slice(0, 60))}`);
  const headers = new Map<string, string>();
  for (const field of fields) {
    const colon = field.indexOf(':');
    const name = field.slice(0, colon).toLowerCase();
    if (colon < 1 || /\s/.test(name)) throw new Error(`a header cannot be read: ${JSON.stringify(field.slice(0, 60))}`);
    const value = field.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  const closes = /\bclose\b/i.test(headers.get('connection') ?? '');
  return { status: Number(status), headers, persistent: minor === '1' && !closes };
}
