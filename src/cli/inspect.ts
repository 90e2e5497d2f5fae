/** What a component offers, as data and as a table: its endpoints with their provenance and cost, and its paths. */
import type { CompiledComponent, Provenance } from '../component/compile.js';
import { proposals } from '../component/resolve.js';
import { costOf } from '../derive/rule.js';
import { decoratorOf, ruleOf } from '../derive/rules.js';
import { endpointNames } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import type { FieldSpec } from '../schema/field.js';
import type { Schema } from '../schema/schema.js';
import { type CostReport, costRow } from './cost.js';
import type { Style } from './terminal.js';

/** One endpoint. */
export interface EndpointReport {
  readonly endpoint: string;
  readonly offered: boolean;
  /** Where it comes from, where it is offered. */
  readonly provenance?: Provenance;
  /** The rules that would derive it, and their cost, where it is not. */
  readonly derivable?: readonly { readonly rule: string; readonly cost: string }[];
}

/** One path of the inputs or outputs. */
export interface PathReport {
  readonly path: string;
  readonly type: string;
  readonly differentiable: boolean;
  readonly required: boolean;
  readonly description: string;
}

/** Everything that `inspect` tells. */
export interface Report {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly endpoints: readonly EndpointReport[];
  readonly inputs: readonly PathReport[];
  readonly outputs: readonly PathReport[];
  /** What the derivatives would cost for a request, where one was given. */
  readonly costs?: readonly CostReport[];
}

/** The report on a component. */
export function reportOn(compiled: CompiledComponent): Report {
  const { name, version, description, signature } = compiled;
  const endpoints = endpointNames.map((endpoint): EndpointReport => {
    const provenance = compiled.provenance[endpoint];
    const { route } = operators[endpoint];
    if (provenance) return { endpoint: route, offered: true, provenance };
    const derivable = proposals(compiled.plan, endpoint).map((rule) => ({ rule, cost: costOf(ruleOf(rule)) }));
    return { endpoint: route, offered: false, derivable };
  });
  return {
    name,
    version,
    description,
    endpoints,
    inputs: pathsOf(signature.inputs),
    outputs: pathsOf(signature.outputs),
  };
}

const eachForms = { list: '.[]', map: '.{}' } as const;

function pathsOf({ fields }: Schema, before = ''): PathReport[] {
  return fields.flatMap(({ name, spec, model, hasDefault }): PathReport[] => {
    const path = `${before}${name}${spec.each ? eachForms[spec.each] : ''}`;
    if (model) return pathsOf(model, `${path}.`);
    const differentiable = spec.kind === 'array' && spec.differentiable;
    const required = !hasDefault && spec.optional !== true;
    return [{ path, type: typeOf(spec), differentiable, required, description: spec.description ?? '' }];
  });
}

function typeOf(spec: FieldSpec): string {
  if (spec.kind === 'plain') return spec.type === 'choice' ? (spec.values ?? []).join(' | ') : spec.type;
  if (spec.kind !== 'array') return spec.kind;
  const { dtype, shape } = spec;
  if (shape !== 'any' && shape.length === 0) return dtype;
  return shape === 'any' ? `${dtype}[…]` : `${dtype}[${shape.map((extent) => extent ?? '?').join(', ')}]`;
}

/** The report for people. */
export function reportText(report: Report, style: Style): string {
  const { name, version, description, endpoints, inputs, outputs, costs } = report;
  return `${[
    `${style(name)} ${version}${description === '' ? '' : `  ${description}`}`,
    `${style('Endpoints')}\n${table(endpoints.map(endpointRow))}`,
    ...(costs ? [`${style('Costs')}\n${table(costs.map(costRow))}`] : []),
    `${style('Inputs')}\n${table(inputs.map((path) => pathRow(path, true)))}`,
    `${style('Outputs')}\n${table(outputs.map((path) => pathRow(path, false)))}`,
  ].join('\n\n')}\n`;
}

function endpointRow({ endpoint, provenance, derivable }: EndpointReport): string[] {
  if (provenance?.kind === 'own') return [endpoint, 'own', `${provenance.method}()`];
  if (provenance) {
    const { rule, from, exact, cost } = provenance;
    return [endpoint, 'derived', `${rule}, from ${from.join(', ')}`, cost, exact ? 'exact' : 'approximate'];
  }
  const ways = (derivable ?? []).map(({ rule, cost }) => `@${decoratorOf(rule)}() or --derive ${rule} (${cost})`);
  return [endpoint, 'not offered', ways.length === 0 ? '' : `possible: ${ways.join('; ')}`];
}

function pathRow({ path, type, differentiable, required, description }: PathReport, isInput: boolean): string[] {
  const need = required ? 'required' : 'optional';
  return [path, type, differentiable ? 'differentiable' : '', ...(isInput ? [need] : []), description];
}

function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length));
  // The last cell of a row does not widen its column.
  const widths = Array.from({ length: columns }, (_, i) =>
    Math.max(0, ...rows.filter((row) => row.length > i + 1).map((row) => row[i]?.length ?? 0)),
  );
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}`,
    )
    .join('\n');
}
