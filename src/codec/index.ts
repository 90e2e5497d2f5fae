/**
 * The encoding table: the ways to write an array into JSON, and the formats of a whole body that go with them.
 *
 * To add an encoding, add a file to `encodings/` and a row here; reading, writing and negotiation follow.
 */
import type { EncodingRow } from './encoding.js';
import { base64 } from './encodings/base64.js';
import { binref } from './encodings/binref.js';
import { json } from './encodings/json.js';

/** The name of an encoding, as in `data.encoding`. */
export type Encoding = 'json' | 'base64' | 'binref';

/** Every encoding. */
export const encodings: Readonly<Record<Encoding, EncodingRow>> = { json, base64, binref };

/** The name of a format, as in configuration. */
export type Format = 'json' | 'json+base64' | 'json+binref';

/** A format: a JSON body, and how the arrays in it are written. */
export interface FormatRow {
  readonly mediaType: string;
  readonly encoding: Encoding;
}

/** Every format; the first is the default. */
export const formats: Readonly<Record<Format, FormatRow>> = {
  json: { mediaType: 'application/json', encoding: 'json' },
  'json+base64': { mediaType: 'application/json+base64', encoding: 'base64' },
  'json+binref': { mediaType: 'application/json+binref', encoding: 'binref' },
};

/** The names of all formats. */
export const formatNames: readonly Format[] = ['json', 'json+base64', 'json+binref'];

/** Whether `name` is an encoding. */
export function isEncoding(name: unknown): name is Encoding {
  return typeof name === 'string' && Object.hasOwn(encodings, name);
}

/** Whether `name` is a format. */
export function isFormat(name: unknown): name is Format {
  return typeof name === 'string' && Object.hasOwn(formats, name);
}
