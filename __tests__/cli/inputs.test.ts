/** Inputs on the command line: as they are, or in a request, whatever their names. */
import { describe, expect, test } from '@jest/globals';
import { Apply, Component, DifferentiableComponent, Float64, openComponent } from 'cotangent';
import { readInputs } from '../../src/cli/inputs.js';
import type { ComponentHandle } from '../../src/runtime/handle.js';

class Plain {
  @Float64() x = 1;
}

class Odd {
  @Float64() inputs = 1;
  @Float64() payload = 2;
}

@Component({ inputs: Plain, outputs: Plain })
class One extends DifferentiableComponent<Plain, Plain> {
  @Apply() apply(inputs: Plain): Plain {
    return inputs;
  }
}

@Component({ inputs: Odd, outputs: Odd })
class Other extends DifferentiableComponent<Odd, Odd> {
  @Apply() apply(inputs: Odd): Odd {
    return inputs;
  }
}

const read = (text: string | undefined, type: typeof One | typeof Other) =>
  readInputs(text, openComponent(type as typeof One) as ComponentHandle, undefined as never);

describe('the inputs in an argument', () => {
  test.each([
    [undefined, {}],
    ['{"x": 3}', { x: 3 }],
    ['{"inputs": {"x": 3}}', { x: 3 }],
    ['{"payload": {"inputs": {"x": 3}}}', { x: 3 }],
  ])('%j are found', (text, inputs) => {
    expect(read(text, One)).toEqual(inputs);
  });

  test.each([
    ['{"inputs": 3}', { inputs: 3 }],
    ['{"payload": 4}', { payload: 4 }],
    ['{"inputs": 3, "payload": 4}', { inputs: 3, payload: 4 }],
  ])('%j are what they are where the component has inputs of these names', (text, inputs) => {
    expect(read(text, Other)).toEqual(inputs);
  });
});
