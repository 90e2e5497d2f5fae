/**
 * A picture in the terminal: dots, two across and four down in every character, with symbols on top.
 *
 * The examples draw with it. It knows pixels only: x to the right, y up, from (0, 0) at the lower left.
 */

/** The bit of each dot of a braille character: its column, then its row from below. */
const bits = [
  [0x40, 0x04, 0x02, 0x01],
  [0x80, 0x20, 0x10, 0x08],
] as const;

/** A picture of `columns × rows` characters. */
export class Picture {
  readonly width: number;
  readonly height: number;
  readonly #columns: number;
  readonly #rows: number;
  readonly #dots: Uint8Array;
  readonly #symbols = new Map<number, string>();

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
    this.width = 2 * columns;
    this.height = 4 * rows;
    this.#dots = new Uint8Array(columns * rows);
  }

  /** Set a dot; what lies outside is left out. */
  dot(x: number, y: number): void {
    const at = this.#cell(x, y);
    if (at !== undefined) this.#dots[at]! |= bits[x & 1]![y & 3]!;
  }

  /** Put a character over the dots around a pixel. */
  symbol(x: number, y: number, text: string): void {
    const at = this.#cell(x, y);
    if (at !== undefined) this.#symbols.set(at, text);
  }

  /** The picture, one text for each row of characters, the upper first. */
  lines(): string[] {
    return Array.from({ length: this.#rows }, (_, row) =>
      Array.from({ length: this.#columns }, (_, column) => this.#character(row * this.#columns + column))
        .join('')
        .trimEnd(),
    );
  }

  #cell(x: number, y: number): number | undefined {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return undefined;
    return (this.#rows - 1 - (y >> 2)) * this.#columns + (x >> 1);
  }

  #character(at: number): string {
    const dots = this.#dots[at]!;
    return this.#symbols.get(at) ?? (dots === 0 ? ' ' : String.fromCodePoint(0x2800 + dots));
  }
}
