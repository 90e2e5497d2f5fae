/** Two logarithmic axes: the frame that both kinds of plot are drawn in. */
import { coordinate, element, text } from './markup.js';
import { power } from './numbers.js';

/** The exponents of ten that an axis spans. */
export type Span = readonly [from: number, to: number];

/** What the axes say. */
export interface AxesOptions {
  readonly x: Span;
  readonly y: Span;
  readonly xLabel: string;
  readonly yLabel: string;
}

/** A point in the units of the plot; both are positive. */
export type Point = readonly [x: number, y: number];

/** The axes, and how to draw in them. */
export interface Axes {
  /** The frame, its grid and its labels. */
  readonly frame: string;
  /** A point in the units of the drawing; what is below the axis is at its foot. */
  readonly place: (point: Point) => Point;
  /** A line through points. */
  readonly line: (className: string, points: readonly Point[]) => string;
  /** A disc at each point. */
  readonly dots: (className: string, points: readonly Point[], name: (point: Point) => string) => string;
}

/** The size of a plot in units of the drawing. */
export const plotSize: { readonly width: number; readonly height: number } = { width: 460, height: 320 };

const inner = { left: 58, top: 14, right: 446, bottom: 268 } as const;

/** Axes over `x` and `y`. */
export function axes({ x, y, xLabel, yLabel }: AxesOptions): Axes {
  const across = scale(x, inner.left, inner.right);
  const up = scale(y, inner.bottom, inner.top);
  const place = ([a, b]: Point): Point => [across(Math.log10(a)), up(Math.max(y[0], Math.log10(b)))];
  const path = (points: readonly Point[]) => points.map((point) => place(point).map(coordinate).join(' ')).join('L');
  const columns = ticks(x, 7).map((exponent) => {
    const at = across(exponent);
    const label = text('text', { x: at, y: inner.bottom + 18, 'text-anchor': 'middle' }, power(exponent));
    return element('line', { class: 'grid', x1: at, x2: at, y1: inner.top, y2: inner.bottom }) + label;
  });
  const rows = ticks(y, 8).map((exponent) => {
    const at = up(exponent);
    const label = text('text', { x: inner.left - 8, y: at + 4, 'text-anchor': 'end' }, power(exponent));
    return element('line', { class: 'grid', x1: inner.left, x2: inner.right, y1: at, y2: at }) + label;
  });
  const middle = (inner.left + inner.right) / 2;
  const labels = [
    text('text', { class: 'label', x: middle, y: plotSize.height - 12, 'text-anchor': 'middle' }, xLabel),
    text(
      'text',
      {
        class: 'label',
        x: 0,
        y: 0,
        'text-anchor': 'middle',
        transform: `translate(13 ${(inner.top + inner.bottom) / 2}) rotate(-90)`,
      },
      yLabel,
    ),
  ];
  return {
    frame: element('g', { class: 'axes' }, ...columns, ...rows, ...labels),
    place,
    line: (className, points) =>
      points.length < 2 ? '' : element('path', { class: className, d: `M${path(points)}` }),
    dots: (className, points, name) =>
      points
        .map((point) => {
          const [cx, cy] = place(point);
          return element('circle', { class: className, cx, cy, r: 3.4 }, text('title', {}, name(point)));
        })
        .join(''),
  };
}

function scale([from, to]: Span, start: number, end: number): (exponent: number) => number {
  return (exponent) => start + ((exponent - from) / (to - from)) * (end - start);
}

// Whole powers of ten, as many as fit.
function ticks([from, to]: Span, most: number): readonly number[] {
  const every = Math.max(1, Math.ceil((to - from) / most));
  const first = Math.ceil(from / every) * every;
  return Array.from({ length: Math.floor((to - first) / every) + 1 }, (_, k) => first + k * every);
}
