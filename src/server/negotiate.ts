/** Which format an answer has: RFC 9110's `Accept`, and the bare names that Tesseract Core takes. */
import Negotiator from 'negotiator';
import { type Format, formatNames, formats } from '../codec/index.js';
import { fail } from '../errors.js';

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
