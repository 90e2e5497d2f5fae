/** Writing HTML and SVG by hand: an element is a string, and whatever comes from a component is escaped. */

/** What an attribute may be; one that is undefined is left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

const special: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as markup. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => special[character] ?? character);
}

/** An element around markup. Attribute values are escaped here, content is not: see `text`. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escaped(typeof value === 'number' ? coordinate(value) : value)}"`],
  );
  const start = `<${name}${written.join('')}`;
  return content.length === 0 ? `${start}/>` : `${start}>${content.join('')}</${name}>`;
}

/** An element around text. */
export function text(name: string, attributes: Attributes, content: string): string {
  return element(name, attributes, escaped(content));
}

/** A coordinate with no more digits than can be seen. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** What a picture is called, what it shows in words, and its size in units of the drawing. */
export interface PictureFrame {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  /** `group` where the picture has links in it; `img` unless given. */
  readonly role?: 'img' | 'group';
}

/** An SVG picture that scales with the page, and that a screen reader can read out. */
export function picture(
  { id, title, description, width, height, role = 'img' }: PictureFrame,
  ...content: readonly string[]
): string {
  const attributes = {
    id,
    class: 'picture',
    role,
    viewBox: `0 0 ${coordinate(width)} ${coordinate(height)}`,
    style: `max-width: ${coordinate(width)}px`,
    'aria-labelledby': `${id}-title ${id}-text`,
  };
  const words = [text('title', { id: `${id}-title` }, title), text('desc', { id: `${id}-text` }, description)];
  return element('svg', attributes, ...words, ...content);
}

/** A table; cells are markup. The first cell of each row is its header. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const first = element('tr', {}, ...head.map((cell) => element('th', { scope: 'col' }, cell)));
  const body = rows.map(([header = '', ...cells]) =>
    element('tr', {}, element('th', { scope: 'row' }, header), ...cells.map((cell) => element('td', {}, cell))),
  );
  return element(
    'div',
    { class: 'table' },
    element('table', {}, element('thead', {}, first), element('tbody', {}, ...body)),
  );
}

/** What is shown on request. */
export function details(summary: string, ...content: readonly string[]): string {
  return element('details', {}, text('summary', {}, summary), ...content);
}
