/** Sample inputs, of which abstractEval is derived where outputs have open shapes: what they may take, all together. */
import { expect, test } from '@jest/globals';
import {
  Apply,
  array,
  Component,
  Derive,
  DifferentiableComponent,
  Float64,
  type NdArray,
  openComponent,
} from 'cotangent';

class Inputs {
  @Float64({ shape: [null] }) a!: NdArray;
  @Float64({ shape: [null] }) b!: NdArray;
}

class Outputs {
  @Float64({ shape: [null] }) y!: NdArray;
}

@Component({ inputs: Inputs, outputs: Outputs })
@Derive('abstractEvalFromApply')
class Joined extends DifferentiableComponent<Inputs, Outputs> {
  @Apply() apply({ a, b }: Inputs): Outputs {
    return { y: array([...a.data, ...b.data]) };
  }
}

const ask = (memoryLimit: number) => {
  const of = (extent: number) => ({ shape: [extent], dtype: 'float64' }) as const;
  return openComponent(Joined).abstractEval({ a: of(10), b: of(20) }, { memoryLimit });
};

test('30 float64s take 240 bytes, whatever array they are in', async () => {
  expect(await ask(240)).toEqual({ y: { shape: [30], dtype: 'float64' } });
  await expect(ask(239)).rejects.toMatchObject({ code: 'E_MEMORY_LIMIT', fields: { expected: '239' } });
  await expect(ask(160)).rejects.toMatchObject({ code: 'E_MEMORY_LIMIT' });
});
