/** The script of the documentation page: it runs in a browser, and makes the page from the OpenAPI document. */

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly array_flags?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly [keyword: string]: unknown;
}

interface Operation {
  readonly summary?: string;
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly example?: unknown } } };
  readonly 'x-derived-from'?: {
    readonly rule: string;
    readonly exact: boolean;
    readonly cost: string;
  };
}

interface Document {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, { readonly post?: Operation; readonly get?: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
  readonly 'x-supported-output-formats': readonly string[];
}

const root = location.href.replace(/\/docs\/?([?#].*)?$/, '');

/** An element with attributes and children. */
function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function place(id: string, ...children: readonly (Node | string)[]): void {
  document.getElementById(id)?.replaceChildren(...children);
}

// The token of a server that asks for one: this tab keeps it until it is closed.
const tokenKey = `token of ${root}`;

function authorization(): Record<string, string> {
  const token = sessionStorage.getItem(tokenKey);
  return token ? { authorization: `Bearer ${token}` } : {};
}

function askForToken(): void {
  const field = element('input', { id: 'token', type: 'password', autocomplete: 'off', 'aria-label': 'Token' });
  const use = element('button', { type: 'button', class: 'send' }, 'Use this token');
  const tried = sessionStorage.getItem(tokenKey) !== null;
  const words = tried ? 'This is not the token of this server.' : 'This server asks for a token.';
  const again = () => {
    sessionStorage.setItem(tokenKey, field.value.trim());
    void show();
  };
  use.addEventListener('click', again);
  field.addEventListener('keydown', ({ key }) => key === 'Enter' && again());
  place('endpoints', element('p', { role: 'status' }, words), actions(field, use));
}

async function show(): Promise<void> {
  const described = await fetch(`${root}/openapi.json`, { headers: authorization() });
  if (described.status === 401) {
    askForToken();
    return;
  }
  const api = (await described.json()) as Document;
  document.title = api.info.title;
  place('name', api.info.title, element('small', {}, api.info.version));
  place('description', api.info.description ?? '');
  const posts = Object.entries(api.paths).flatMap(([path, { post }]) => (post ? [card(api, path, post)] : []));
  posts[0]?.setAttribute('open', '');
  place('endpoints', ...posts);
  const { schemas } = api.components;
  for (const [id, name] of [
    ['inputs', 'Apply_InputSchema'],
    ['outputs', 'Apply_OutputSchema'],
  ] as const) {
    place(id, table(schemas, schemas[name] ?? {}));
  }
}

function card(api: Document, path: string, operation: Operation): HTMLElement {
  const derived = operation['x-derived-from'];
  const origin = derived
    ? `derived by ${derived.rule}${derived.exact ? '' : ' (approximate)'}: ${derived.cost}`
    : 'written by hand';
  const head = element('summary', {}, element('b', {}, 'POST'), element('code', {}, path));
  head.append(element('span', {}, operation.summary ?? ''), element('span', { class: 'origin' }, origin));
  const example = operation.requestBody?.content['application/json'].example;
  return element('details', { id: path.slice(1) }, head, trial(api, path, example));
}

/** Where a request is written and its answer shown. */
function trial(api: Document, path: string, example: unknown): HTMLElement {
  const name = path.slice(1);
  const body = element('textarea', { id: `${name}-body`, spellcheck: 'false' }, pretty(example ?? { inputs: {} }));
  const formats = api['x-supported-output-formats'].map((format) => element('option', {}, format));
  const format = element('select', { 'aria-label': 'Format of the answer' }, ...formats);
  const send = element('button', { type: 'button', class: 'send' }, 'Send');
  const copy = element('button', { type: 'button' }, 'Copy as curl');
  const status = element('span', { class: 'status', role: 'status' });
  const answer = element('pre', { id: `${name}-answer`, tabindex: '0' });
  send.addEventListener('click', async () => {
    send.disabled = true;
    await ask(path, body.value, format.value, { status, answer });
    send.disabled = false;
  });
  copy.addEventListener('click', () => navigator.clipboard.writeText(curl(path, body.value, format.value)));
  return element(
    'div',
    { class: 'try' },
    element('div', {}, element('label', { for: body.id }, 'Request'), body, actions(send, format, copy)),
    element('div', {}, element('label', {}, 'Answer'), answer, actions(status)),
  );
}

function actions(...children: readonly Node[]): HTMLElement {
  return element('div', { class: 'actions' }, ...children);
}

async function ask(
  path: string,
  body: string,
  format: string,
  { status, answer }: { readonly status: HTMLElement; readonly answer: HTMLElement },
): Promise<void> {
  const start = performance.now();
  try {
    const headers = { ...authorization(), 'content-type': 'application/json', accept: `application/${format}` };
    const response = await fetch(root + path, { method: 'POST', headers, body });
    const text = await response.text();
    const time = Math.round(performance.now() - start);
    status.className = `status ${response.ok ? 'good' : 'bad'}`;
    status.textContent = `${response.status}, ${time} ms, ${text.length} bytes`;
    answer.textContent = readable(text);
  } catch (error) {
    status.className = 'status bad';
    status.textContent = String(error);
  }
}

// Parsing would round integers beyond 2^53, so only what has none is set out anew.
function readable(text: string): string {
  if (text.length > 200_000 || /\d{16}/.test(text)) return text;
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}

/** JSON in lines, with lists of numbers and of paths kept on one. */
function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/\[[^[\]{}]*\]/g, (list) => list.replace(/\s+/g, ' '));
}

function curl(path: string, body: string, format: string): string {
  const quoted = JSON.stringify(JSON.parse(body)).replaceAll("'", "'\\''");
  const accept = format === 'json' ? '' : ` -H 'accept: application/${format}'`;
  // The token itself is not put into a history of commands.
  const token = authorization()['authorization'] === undefined ? '' : ' -H "authorization: Bearer $COTANGENT_TOKEN"';
  return `curl ${root}${path} -H 'content-type: application/json'${accept}${token} -d '${quoted}'`;
}

interface Row {
  readonly path: string;
  readonly kind: string;
  readonly shape: string;
  readonly notes: string;
  readonly description: string;
}

function table(schemas: Document['components']['schemas'], schema: Schema): HTMLElement {
  const head = ['Path', 'Type', 'Shape', 'Default, limits', 'Description'];
  const rows = rowsOf(schemas, schema, '').map(({ path, kind, shape, notes, description }) =>
    element(
      'tr',
      {},
      ...[element('code', {}, path), kind, shape, notes, description].map((cell) => element('td', {}, cell)),
    ),
  );
  const headRow = element('tr', {}, ...head.map((text) => element('th', {}, text)));
  const whole = element('table', {}, element('thead', {}, headRow), element('tbody', {}, ...rows));
  return element('div', { class: 'table' }, whole);
}

function rowsOf(schemas: Document['components']['schemas'], schema: Schema, prefix: string): readonly Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => fieldRows(schemas, field, prefix + name));
}

function fieldRows(schemas: Document['components']['schemas'], field: Schema, path: string): readonly Row[] {
  const given = field.anyOf?.[0] ? { ...field.anyOf[0], ...field, optional: true } : field;
  const target = given.$ref === undefined ? given : { ...schemas[given.$ref.split('/').pop() ?? ''], ...given };
  if (target.array_flags) return [arrayRow(target, path)];
  const inner = target.items ?? target.additionalProperties;
  if (typeof inner === 'object') {
    const description = target.description ?? '';
    return fieldRows(schemas, { ...inner, description }, path + (target.items ? '.[]' : '.{}'));
  }
  if (target.properties) return rowsOf(schemas, target, `${path}.`);
  const kind = target.enum ? target.enum.map(String).join(' | ') : String(target.type ?? 'any');
  return [{ path, kind, shape: '', notes: notesOf(target), description: target.description ?? '' }];
}

function arrayRow(schema: Schema, path: string): Row {
  const [, shape = '', dtype = ''] = (schema.title ?? '').split('__');
  const shapes: Readonly<Record<string, string>> = { scalar: 'scalar', anyrank: 'any' };
  const extents = shapes[shape] ?? `[${shape.split('_').join(', ')}]`;
  const mark = schema.array_flags?.includes('DIFFERENTIABLE') ? ', differentiable' : '';
  const kind = (dtype === 'None' ? 'any dtype' : dtype) + mark;
  return { path, kind, shape: extents, notes: notesOf(schema), description: schema.description ?? '' };
}

const limits: Readonly<Record<string, string>> = {
  minimum: '≥ ',
  maximum: '≤ ',
  exclusiveMinimum: '> ',
  exclusiveMaximum: '< ',
  multipleOf: 'a multiple of ',
  minLength: 'length ≥ ',
  maxLength: 'length ≤ ',
  pattern: 'matches ',
};

function notesOf(schema: Schema): string {
  const said: Record<string, unknown> = { ...schema, ...(schema['array_elements'] as object | undefined) };
  const found = Object.entries(limits).flatMap(([key, sign]) => (key in said ? [sign + String(said[key])] : []));
  const byDefault = 'default' in schema ? [JSON.stringify(schema.default)] : [];
  return [...byDefault, ...(schema['optional'] ? ['optional'] : []), ...found].join(', ');
}

await show();
