/** Requests and answers as they travel, at the very bounds of what they may take. */
import { expect, test } from '@jest/globals';
import { Apply, Component, DifferentiableComponent, Float64, type NdArray } from 'cotangent';
import { compile } from '../../src/component/compile.js';
import { openLimits } from '../../src/runtime/limits.js';
import { answer } from '../../src/runtime/wire.js';

class Side {
  @Float64({ shape: [null] }) x!: NdArray;
}

@Component({ inputs: Side, outputs: Side })
class Same extends DifferentiableComponent<Side, Side> {
  @Apply() apply(inputs: Side): Side {
    return inputs;
  }
}

const target = { compiled: compile(Same, DifferentiableComponent), instance: new Same() };
const asked = (resultBytes: number | undefined, format: 'json' | 'json+base64', x: readonly number[]) =>
  (async () =>
    answer(target, 'apply', new TextEncoder().encode(JSON.stringify({ inputs: { x } })), {
      format,
      limits: { ...openLimits, resultBytes },
    }))();

test.each(['json', 'json+base64'] as const)(
  'an answer as %s may have as many bytes as its limit, and not one more',
  async (format) => {
    for (const x of [[], [1.5], Array.from({ length: 500 }, (_, i) => i / 3)]) {
      const { length } = await asked(undefined, format, x);
      expect((await asked(length, format, x)).length).toBe(length);
      expect((await asked(length + 1, format, x)).length).toBe(length);
      await expect(asked(length - 1, format, x)).rejects.toMatchObject({
        code: 'E_RESULT_LIMIT',
        fields: { received: String(length), expected: String(length - 1) },
      });
    }
  },
);
