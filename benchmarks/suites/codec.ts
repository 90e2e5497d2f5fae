/** `encoding`, `decoding` and `roundtrip`: one vector as the bytes of a body, and back to a checked instance. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseBody } from '../../src/codec/body.js';
import { decodeTree } from '../../src/codec/decode.js';
import type { Compression } from '../../src/codec/encoding.js';
import type { Format } from '../../src/codec/index.js';
import { arrayFiles } from '../../src/codec/node/files.js';
import { writeJson } from '../../src/codec/write.js';
import { type DType, NdArray } from '../../src/index.js';
import { check } from '../../src/schema/check.js';
import { schemaOf } from '../../src/schema/schema.js';
import { type Run, timed, timedApart } from '../measure.js';
import { NoopInputs } from '../noop.js';
import { scratch } from '../places.js';
import { type Case, grouped, here, type Setting, type Suite, values } from './suite.js';

const encodings: Readonly<Record<string, { readonly format: Format; readonly compression: Compression }>> = {
  json: { format: 'json', compression: null },
  base64: { format: 'json+base64', compression: null },
  binref: { format: 'json+binref', compression: null },
  'base64+lz4': { format: 'json+base64', compression: 'lz4' },
  'binref+lz4': { format: 'json+binref', compression: 'lz4' },
};

const inputs = schemaOf(NoopInputs);

/** Both directions of one encoding. */
function codecOf(encoding: string, data: NdArray<DType>) {
  const options = encodings[encoding]!;
  const folder = mkdtempSync(join(scratch, 'files-'));
  const tree = { data };
  return {
    encode: () => writeJson(tree, { ...options, files: arrayFiles({ output: folder }) }),
    decode: (body: Uint8Array) => {
      const files = arrayFiles({ input: folder });
      const checked = check(inputs, decodeTree(parseBody(body), { path: 'inputs', files }), 'inputs');
      if (checked.problems.length > 0) throw checked.problems[0];
      return checked.value;
    },
    clean: () => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    },
  };
}

function runOf(what: string, encoding: string, data: NdArray<DType>): Run {
  const { encode, decode, clean } = codecOf(encoding, data);
  if (what === 'decoding') {
    const body = encode();
    return timed(() => decode(body));
  }
  const call = what === 'encoding' ? encode : () => decode(encode());
  return encoding.startsWith('binref') ? timedApart(call, clean) : timed(call);
}

/** The cases of the codec. */
export function codec({ sizes, original }: Setting): Suite {
  const entries = ['encoding', 'decoding', 'roundtrip'].flatMap((what) =>
    Object.keys(encodings).flatMap((encoding) =>
      sizes.map((size) => ({
        id: `${what}/${encoding}_${grouped(size)}`,
        open: async (): Promise<Case> => {
          const data = new NdArray('float64', [size], values(size));
          const copy = new Float64Array(size);
          return {
            ours: here(runOf(what, encoding, data)),
            theirs: await original?.run('codec', { what, encoding, size }),
            limit: { name: 'memcpy', run: timed(() => copy.set(data.data)) },
            gc: size >= 1e6,
          };
        },
      })),
    ),
  );
  return { entries };
}
