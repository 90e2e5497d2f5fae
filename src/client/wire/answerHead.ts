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
    const [, name, value] = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(field) ?? [];
    if (name === undefined) throw new Error(`a header field cannot be read: ${JSON.stringify(field.slice(0, 60))}`);
    const key = name.toLowerCase();
    const before = headers.get(key);
    headers.set(key, before === undefined ? value! : `${before}, ${value}`);
  }
  const closes = /\bclose\b/i.test(headers.get('connection') ?? '');
  return { status: Number(status), headers, persistent: minor === '1' && !closes };
}
