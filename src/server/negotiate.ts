/** Which format an answer has: RFC 9110's `Accept`, and the bare names that Tesseract Core takes. */
import Negotiator from 'negotiator';
import { type Format, formatNames, formats } from '../codec/index.js';
import { fail } from '../errors.js';

// As many as clients of one kind or another send; the rest is worked out each time.
const MOST_KNOWN = 64;
const LONGEST_KNOWN = 200;

/** `negotiate` among these formats, which remembers what it has said. */
export function negotiator(offered: readonly Format[]): (accept: string | undefined) => Format {
  const known = new Map<string | undefined, Format>();
  return (accept) => {
    const format = known.get(accept) ?? negotiate(accept, offered);
    if (known.size < MOST_KNOWN && (accept ?? '').length <= LONGEST_KNOWN) known.set(accept, format);
    return format;
  };
}

/** The best of the offered formats for an `Accept` header; the first where all are as good. Raises `E_ACCEPT`. */
export function negotiate(accept: string | undefined, offered: readonly Format[]): Format {
  const first = offered[0] ?? 'json';
  if (accept === undefined || accept.trim() === '' || accept.trim() === '*/*') return first;
  const types = offered.map((name) => formats[name].mediaType);
  const [best] = new Negotiator({ headers: { accept: plainTypes(accept) } }).mediaTypes(types);
  const format = formatNames.find((name) => formats[name].mediaType === best);
  if (format !== undefined) return format;
  return fail('E_ACCEPT', { received: JSON.stringify(accept.slice(0, 80)), expected: `${types.join(', ')}` });
}

// `json+base64` for `application/json+base64`; parameters other than the weight (a charset) tell no formats apart.
function plainTypes(accept: string): string {
  return accept
    .split(',')
    .map((entry) => {
      const [type = '', ...parameters] = entry.split(';').map((part) => part.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter));
      const whole = type === '*' ? '*/*' : type.includes('/') ? type : `application/${type}`;
      return weight === undefined ? whole : `${whole};${weight.toLowerCase()}`;
    })
    .join(', ');
}
