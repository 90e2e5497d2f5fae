/** What a server says of its component: the OpenAPI document, read into what a compiled class would tell. */
import { isRecord } from '../codec/describe.js';
import { type Format, formatNames, isFormat } from '../codec/index.js';
import type { CompiledComponent, Provenance } from '../component/compile.js';
import type { DerivedEndpoint, OwnEndpoint, Plan } from '../component/resolve.js';
import { ruleNames } from '../derive/rules.js';
import { fail } from '../errors.js';
import { type EndpointName, endpointNames } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import type { Schema } from '../schema/schema.js';
import { modelOf, type Node } from './fields.js';

/** A remote component, as its server describes it. */
export interface Description {
  readonly compiled: CompiledComponent;
  /** The formats that its server says it can answer in; empty where it does not say. */
  readonly formats: ReadonlySet<Format>;
}

/** Read an OpenAPI document. Raises `E_REMOTE_NO_COMPONENT` where it is not that of a component. */
export function describeRemote(document: unknown, url: string): Description {
  const root = isRecord(document) ? document : {};
  const components = nodeAt(root, 'components', 'schemas');
  const info = nodeAt(root, 'info');
  const paths = nodeAt(root, 'paths');
  const side = (name: string): Schema => {
    const node = components[name];
    if (!isRecord(node)) return fail('E_REMOTE_NO_COMPONENT', { url, reason: `its OpenAPI document has no ${name}` });
    const resolve = (reference: string) => nodeAt(components, reference.slice(reference.lastIndexOf('/') + 1));
    return modelOf(node, { resolve });
  };
  if (!isRecord(paths['/apply'])) {
    return fail('E_REMOTE_NO_COMPONENT', { url, reason: 'its OpenAPI document lists no /apply' });
  }
  const name = String(info['title'] ?? 'Component');
  const inputs = side('Apply_InputSchema');
  const outputs = side('Apply_OutputSchema');
  const provenance = provenanceIn(paths);
  const compiled: CompiledComponent = Object.freeze({
    type: inputs.type,
    name,
    version: String(info['version'] ?? '0.0.0'),
    description: String(info['description'] ?? ''),
    signature: Object.freeze({ name, inputs, outputs }),
    plan: planOf(provenance, inputs.type),
    provenance,
  });
  return { compiled, formats: formatsOf(root, components) };
}

function nodeAt(root: Node, ...keys: readonly string[]): Node {
  const node = keys.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), root);
  return isRecord(node) ? node : {};
}

/** Where each endpoint comes from: derived where the document says so, else the server's own. */
function provenanceIn(paths: Node): CompiledComponent['provenance'] {
  const entries = endpointNames.flatMap((endpoint): [EndpointName, Provenance][] => {
    const path = paths[`/${operators[endpoint].route}`];
    if (!isRecord(path)) return [];
    const derived = derivedFrom(nodeAt(path, 'post')['x-derived-from']);
    return [[endpoint, derived ?? { kind: 'own', method: endpoint }]];
  });
  return Object.freeze(Object.fromEntries(entries));
}

// A rule that only the server knows is shown under its name all the same.
function derivedFrom(note: unknown): Provenance | undefined {
  if (!isRecord(note) || typeof note['rule'] !== 'string') return undefined;
  const routes: readonly unknown[] = Array.isArray(note['base']) ? note['base'] : [];
  const from = endpointNames.filter((name) => routes.includes(operators[name].route));
  const facts = { exact: note['exact'] !== false, cost: String(note['cost'] ?? ''), from };
  return { kind: 'derived', rule: note['rule'] as never, ...facts };
}

/** What a server derives by a rule that is known here counts as derived; by another, as its own. */
function planOf(provenance: CompiledComponent['provenance'], owner: CompiledComponent['type']): Plan {
  const plan = new Map<EndpointName, OwnEndpoint | DerivedEndpoint>();
  for (const endpoint of endpointNames) {
    const one = provenance[endpoint];
    if (!one) continue;
    const known = one.kind === 'derived' && ruleNames.includes(one.rule);
    if (known) plan.set(endpoint, { kind: 'derived', rule: one.rule, decorator: one.rule, options: {}, owner });
    else plan.set(endpoint, { kind: 'own', method: endpoint, options: {}, owner });
  }
  return plan;
}

// Python's servers before 1.12 do not list their formats; the schemas of encoded arrays tell them.
function formatsOf(root: Node, components: Node): ReadonlySet<Format> {
  const listed = root['x-supported-output-formats'];
  if (Array.isArray(listed)) return new Set(listed.filter(isFormat));
  return new Set('Base64ArrayData' in components && 'JsonArrayData' in components ? formatNames : []);
}
