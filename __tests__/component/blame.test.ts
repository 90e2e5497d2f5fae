/** Whose fault an error is, and what is proposed to whoever asks for an endpoint that is not there. */
import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  ComponentError,
  DifferentiableComponent,
  Float64,
  Jacobian,
  Jvp,
  Linearize,
  openComponent,
  Vjp,
} from 'cotangent';
import { isAuthors } from '../../src/component/blame.js';

class Side {
  @Float64({ differentiable: true }) x = 1;
}

/** What a method throws that has called another component wrongly: it looks like a mistake of the caller. */
const wrong = () => new ComponentError('E_TYPE', { path: 'inputs.x', received: '"no"', expected: 'a number' });

@Component({ inputs: Side, outputs: Side })
class Throws extends DifferentiableComponent<Side, Side> {
  @Apply() apply({ x }: Side): Side {
    if (x === 0) return { x };
    throw wrong();
  }
  @Jacobian() jacobian(): never {
    throw wrong();
  }
  @Jvp() jvp(): never {
    throw wrong();
  }
  @Vjp() vjp(): never {
    throw wrong();
  }
}

@Component({ inputs: Side, outputs: Side })
class Rejects extends DifferentiableComponent<Side, Side> {
  @Apply() async apply(): Promise<Side> {
    throw wrong();
  }
  @Jacobian() async jacobian(): Promise<never> {
    throw wrong();
  }
  @Jvp() async jvp(): Promise<never> {
    throw wrong();
  }
  @Vjp() async vjp(): Promise<never> {
    throw wrong();
  }
}

@Component({ inputs: Side, outputs: Side })
class Linearizes extends DifferentiableComponent<Side, Side> {
  @Apply() apply(side: Side): Side {
    return side;
  }
  @Linearize('jacobian', 'jvp', 'vjp') at() {
    const fails = (): never => {
      throw wrong();
    };
    const rejects = async (): Promise<never> => fails();
    return { jacobian: fails, jvp: rejects, vjp: fails };
  }
}

@Component({ inputs: Side, outputs: Side })
class Never extends DifferentiableComponent<Side, Side> {
  @Apply() apply(side: Side): Side {
    return side;
  }
  @Linearize('jacobian', 'jvp', 'vjp') async at(): Promise<never> {
    throw wrong();
  }
}

const caught = (answer: Promise<unknown>) =>
  answer.then(
    () => 'no error',
    (error: unknown) => error,
  );

const requests = (x: unknown) => ({
  jacobian: { inputs: { x } },
  jvp: { inputs: { x }, tangent: { x: 1 } },
  vjp: { inputs: { x }, cotangent: { x: 1 } },
});

describe.each([
  ['throws', Throws],
  ['is a promise that is rejected', Rejects],
  ['a closure throws', Linearizes],
  ['a linearization is rejected with', Never],
] as const)('what an author’s method %s', (_, type) => {
  const handle = openComponent<DifferentiableComponent<Side, Side>>(type);

  test.each(['jacobian', 'jvp', 'vjp'] as const)(
    'in %s is the author’s, and a request that does not fit the caller’s',
    async (endpoint) => {
      const own = await caught(handle[endpoint](requests(1)[endpoint] as never));
      expect(own).toMatchObject({ code: 'E_TYPE' });
      expect(isAuthors(own)).toBe(true);
      const callers = await caught(handle[endpoint](requests('no')[endpoint] as never));
      expect(callers).toBeInstanceOf(ComponentError);
      expect(isAuthors(callers)).toBe(false);
    },
  );
});

test.each([Throws, Rejects])('what apply of %p throws is the author’s', async (type) => {
  const own = await caught(openComponent<DifferentiableComponent<Side, Side>>(type).apply({ x: 1 }));
  expect([(own as ComponentError).code, isAuthors(own)]).toEqual(['E_TYPE', true]);
});

@Component({ inputs: Side, outputs: Side })
class Plain extends DifferentiableComponent<Side, Side> {
  @Apply() apply(side: Side): Side {
    return side;
  }
}

test('whoever asks for an endpoint that is not there is told every way to it, but no random estimate', async () => {
  const told = async (endpoint: 'jacobian' | 'jvp' | 'vjp') =>
    ((await caught(openComponent(Plain)[endpoint](requests(1)[endpoint] as never))) as ComponentError).message;
  const ways = [...(await told('vjp')).matchAll(/@(\w+)\(\)/g)].map(([, name]) => name);
  expect(ways).toEqual(['DeriveVjpFromApply']);
  expect(await told('jacobian')).toContain('@DeriveJacobianFromApply()');
  expect(await told('jvp')).toContain('@DeriveJvpFromApply()');
});
