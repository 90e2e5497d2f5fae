/**
 * The Taylor plot: ‖f(x+tu) − f(x) − t·J·u‖ against t, both logarithmic. If J is the derivative it falls like t², to
 * where rounding begins; if it is not, like t. No step has to be chosen for that, so it tells a wrong derivative from a
 * wrong step.
 */
import type { TaylorSeries } from '../check/report.js';
import { type Axes, axes, type Point, plotSize } from './axes.js';
import { element, picture, text } from './markup.js';
import { decades, short } from './numbers.js';

/** The plot of one block. `id` is unique in the page. */
export function taylorPlot(id: string, series: TaylorSeries): string {
  const { points } = series;
  const floors = points.map(({ floor }) => floor);
  const seen = points.flatMap(({ remainder, change }) => [remainder, change]).filter((value) => value > 0);
  const [low, high] = decades([...seen.filter((value) => value > 0.01 * Math.min(...floors)), ...floors]);
  const plot = axes({
    x: decades(points.map(({ t }) => t)),
    y: [low, high],
    xLabel: 'step t, relative to the inputs',
    yLabel: 'remainder ÷ ‖J·u‖',
  });
  const remainders = points.map(({ t, remainder }): Point => [t, remainder]);
  const visible = remainders.filter(([, remainder]) => remainder >= 10 ** low);
  return picture(
    { id, ...plotSize, title: `Taylor remainder of ∂${series.of}/∂${series.wrt}`, description: taylorText(series) },
    plot.frame,
    roundingBand(plot, points, low),
    ...guides(plot, series, low),
    plot.line('curve', visible),
    plot.dots('dot', visible, ([t, value]) => `t = ${short(t)}: ${short(value)}`),
  );
}

/** What the plot says, in a sentence. */
export function taylorText({ slope, points }: TaylorSeries): string {
  if (points.every(({ change }) => change === 0)) return 'The output does not change along this input.';
  if (Number.isNaN(slope)) return 'The remainder is rounding at every step: the output is linear along this input.';
  const order = `The remainder falls with slope ${slope.toFixed(2)}`;
  if (slope > 1.5) return `${order}: the derivative is right.`;
  if (slope > 0.7 && slope < 1.3) return `${order}, where 2 is needed: the derivative is wrong.`;
  return `${order}: this tells nothing.`;
}

// What lies in the band is rounding.
function roundingBand({ place }: Axes, points: TaylorSeries['points'], low: number): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || first === last) return '';
  const [x, top] = place([first.t, Math.max(...points.map(({ floor }) => floor))]);
  const [end, bottom] = place([last.t, 10 ** low]);
  const band = { class: 'rounding', x, y: top, width: end - x, height: Math.max(0, bottom - top) };
  const label = text('text', { class: 'note', x: end - 6, y: bottom - 6, 'text-anchor': 'end' }, 'rounding');
  return element('rect', band) + (bottom - top > 16 ? label : '');
}

// Both leave from where the curve usually is at its largest step.
function guides(plot: Axes, { points, slope: found }: TaylorSeries, low: number): readonly string[] {
  const clear = points.filter(({ remainder, floor }) => remainder > 30 * floor);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || clear.length < 2) return [];
  const starts = clear.map(({ t, remainder }) => remainder * (last.t / t) ** found).sort((a, b) => a - b);
  const start = starts[starts.length >> 1] ?? last.remainder;
  return ([1, 2] as const).map((slope) => {
    const at = (t: number) => start * (t / last.t) ** slope;
    const foot = Math.max(first.t, last.t * (10 ** low / start) ** (1 / slope));
    const middle = Math.sqrt(foot * last.t);
    const [x, y] = plot.place([middle, at(middle)]);
    // On the side where the curve of the other slope is not.
    const beside = slope === 1 ? { x: x - 8, y: y - 8, 'text-anchor': 'end' } : { x: x + 12, y: y + 10 };
    const label = text('text', { class: `guide-label slope-${slope}`, ...beside }, slope === 1 ? 't' : 't²');
    const ends: readonly Point[] = [
      [foot, at(foot)],
      [last.t, start],
    ];
    return plot.line(`guide slope-${slope}`, ends) + label;
  });
}
