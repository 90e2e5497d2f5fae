/**
 * What the gates read of a source file: its imports, its functions, its exports, and a few counts.
 *
 * The parser is the compiler that also runs the tests. To measure something new, add a field to `readSource`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseSync } from '@swc/core';

/** Every file under `folders` (relative to `root`) that ends in `.ts`, in a fixed order. */
export function sourceFiles(root, folders, skip = () => false) {
  const found = [];
  const visit = (path) => {
    for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
      const child = posix.join(path, entry.name);
      if (skip(child)) continue;
      if (entry.isDirectory()) visit(child);
      else if (entry.name.endsWith('.ts')) found.push(child);
    }
  };
  folders.forEach(visit);
  return found.sort();
}

/** Read and measure every file of `sourceFiles`. */
export function readSources(root, folders, skip) {
  return sourceFiles(root, folders, skip).map((path) => readSource(path, readFileSync(join(root, path), 'utf8')));
}

/** Measure one file. `path` is relative to the root, with forward slashes. */
export function readSource(path, program) {
  const text = program.replace(/^#!/, '//');
  // A first statement of our own tells where the parser starts to count; its positions are byte offsets.
  const module = parseSync(`;${text}`, { syntax: 'typescript', decorators: true, target: 'es2022' });
  const bytes = Buffer.from(`;${text}`);
  const base = module.span.start;
  const before = (span) => bytes.subarray(0, span.start - base).toString();
  const lineOf = (offset) =>
    bytes
      .subarray(0, offset - base)
      .toString()
      .split('\n').length;
  const source = { path, text, lines: text.trimEnd().split('\n').length, imports: [], functions: [], any: 0, as: 0 };
  visitNode(module, (node, name) => {
    collectImport(source.imports, node);
    if (node.type === 'TsKeywordType' && node.kind === 'any') source.any += 1;
    if (node.type === 'TsAsExpression' || node.type === 'TsTypeAssertion') source.as += 1;
    if (functionTypes.has(node.type) && bodyOf(node)) {
      const [first, last] = [lineOf(node.span.start), lineOf(node.span.end)];
      source.functions.push({ name, line: first, lines: last - first + 1 });
    }
  });
  source.exports = exportsOf(module, before);
  return source;
}

const functionTypes = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
]);

const bodyOf = (node) => node.body ?? node.function?.body;

/** The name that a node gives to a function inside it, or nothing: a callback has no name of its own. */
function nameOf(node) {
  const key = node.identifier ?? node.key ?? node.id ?? node.left;
  return key?.value ?? (node.type === 'PrivateMethod' ? `#${node.key.value}` : undefined);
}

const naming = new Set(['VariableDeclarator', 'KeyValueProperty', 'ClassProperty', 'PrivateProperty']);

function visitNode(node, visit, inherited) {
  const name = functionTypes.has(node.type) ? (nameOf(node) ?? inherited) : undefined;
  visit(node, name);
  const passedOn = naming.has(node.type) ? nameOf(node) : wrappers.has(node.type) ? inherited : undefined;
  for (const child of Object.values(node)) {
    for (const item of Array.isArray(child) ? child : [child]) {
      if (item !== null && typeof item === 'object')
        visitNode(item.type ? item : { ...item, type: '' }, visit, passedOn);
    }
  }
}

/** Nodes between a name and its function: `const f = ((x) => x) satisfies F`. */
const wrappers = new Set(['ParenthesisExpression', 'TsAsExpression', 'TsSatisfiesExpression', 'TsConstAssertion']);

function collectImport(imports, node) {
  const add = (literal, typeOnly) => {
    if (literal?.type === 'StringLiteral') imports.push({ specifier: literal.value, typeOnly });
  };
  if (node.type === 'ImportDeclaration') add(node.source, node.typeOnly);
  if (node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') add(node.source, node.typeOnly);
  if (node.type === 'TsImportType') add(node.argument, true);
  if (node.type === 'TsExternalModuleReference') add(node.expression, false);
  if (node.type === 'CallExpression' && node.callee.type === 'Import') add(node.arguments[0]?.expression, false);
}

/** The exports that a file declares itself, each with whether a `/** … *\/` stands before it. */
function exportsOf(module, before) {
  const documented = (span) => /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*(?:\/\/.*\s*)*$/.test(before(span));
  const declared = new Map();
  const note = (name, isDocumented) => declared.set(name, (declared.get(name) ?? false) || isDocumented);
  const local = new Map();
  for (const item of module.body) {
    const node = item.type === 'ExportDeclaration' ? item.declaration : item;
    const names = declaredNames(node);
    const span = [item.span, ...(node.decorators ?? []).map((d) => d.span)].reduce((a, b) =>
      b.start < a.start ? b : a,
    );
    for (const name of names) {
      local.set(name, (local.get(name) ?? false) || documented(span));
      if (item.type === 'ExportDeclaration') note(name, local.get(name));
    }
  }
  for (const item of module.body.filter((node) => node.type === 'ExportNamedDeclaration' && !node.source)) {
    for (const { orig, exported } of item.specifiers) {
      // What was imported is documented where it is declared.
      if (local.has(orig.value)) note((exported ?? orig).value, local.get(orig.value));
    }
  }
  return [...declared].map(([name, isDocumented]) => ({ name, documented: isDocumented }));
}

function declaredNames(node) {
  if (node.type === 'VariableDeclaration') return node.declarations.map((d) => d.id.value).filter(Boolean);
  const named = node.type.endsWith('Declaration') ? (node.identifier ?? node.id) : undefined;
  return named?.value === undefined ? [] : [named.value];
}

/** The file that `specifier` names in `from`, among `paths`; nothing for a package. */
export function resolveImport(from, specifier, paths) {
  if (!specifier.startsWith('.')) return undefined;
  const path = posix.join(posix.dirname(from), specifier);
  return [path.replace(/\.js$/, '.ts'), path, `${path}/index.ts`].find((candidate) => paths.has(candidate));
}

/** Every import cycle, types included, once: a list of paths that ends where it starts. */
export function importCycles(sources) {
  const paths = new Set(sources.map((source) => source.path));
  const edges = new Map(
    sources.map((s) => [s.path, s.imports.map((i) => resolveImport(s.path, i.specifier, paths)).filter(Boolean)]),
  );
  const cycles = [];
  const state = new Map();
  const visit = (path, trail) => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') return void cycles.push([...trail.slice(trail.indexOf(path)), path]);
    state.set(path, 'open');
    for (const next of edges.get(path)) visit(next, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of paths) visit(path, []);
  return cycles;
}
