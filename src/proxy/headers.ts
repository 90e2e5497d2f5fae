/** Which headers a proxy passes on: those of the message, and not those of one connection (RFC 9110, 7.6.1). */

/** Headers by their names in lower case. What comes more than once has a list. */
export type Passed = Readonly<Record<string, string | string[]>>;

const perConnection: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
// They say what the message is, whoever calls them the connection's.
const ofMessage: ReadonlySet<string> = new Set(['content-length', 'content-type', 'content-encoding']);

/** What is passed on of headers that came as `name, value, name, value …`. */
export function passedOn(raw: readonly string[]): Passed {
  const pairs = Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i]!.toLowerCase(), raw[2 * i + 1]!] as const);
  const named = pairs.flatMap(([name, value]) => (name === 'connection' ? value.toLowerCase().split(',') : []));
  const left = new Set(named.map((name) => name.trim()).filter((name) => !ofMessage.has(name)));
  const passed: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    if (perConnection.has(name) || left.has(name)) continue;
    passed[name] = name in passed ? [passed[name]!, value].flat() : value;
  }
  return passed;
}
