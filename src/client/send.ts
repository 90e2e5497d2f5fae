/** How requests get from a handle to the endpoints of an offer: inputs are checked, defaulted and coerced on the way. */
import { ask } from '../component/ask.js';
import type { Offer } from '../component/extend.js';
import { fail } from '../errors.js';
import type { Endpoint, EndpointName } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import type { Send } from '../runtime/send.js';
import { readAbstract } from '../schema/abstract.js';
import { check, readValue } from '../schema/check.js';

/** The way to an offer's endpoints. Constraints are left to the component: they are not in its document. */
export function senderTo({ compiled, endpoints }: Offer): Send {
  return async (endpoint, raw, options) => {
    const run = endpoints[endpoint] as Endpoint<EndpointName> | undefined;
    if (!run) return missing({ compiled, endpoints }, endpoint);
    const array = endpoint === 'abstractEval' ? readAbstract : readValue;
    const { value, problems } = check(compiled.signature.inputs, raw.inputs, 'inputs', { array });
    return ask(compiled, endpoint, run, { ...raw, inputs: value }, options, [...problems]);
  };
}

function missing({ compiled, endpoints }: Offer, endpoint: EndpointName): never {
  const offered = Object.keys(endpoints).map((name) => operators[name as EndpointName].route);
  return fail('E_NO_SUCH_ENDPOINT', {
    component: compiled.name,
    endpoint: operators[endpoint].route,
    offered: offered.join(', '),
    advice: 'Derive it: withDerived(handle, rule).',
  });
}
