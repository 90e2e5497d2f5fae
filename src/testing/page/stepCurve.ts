/**
 * The step-size curve: how far central differences are from J·u, against their step. A right derivative gives a V: from
 * the right truncation falls, from the left rounding grows. A wrong one gives a plateau at the size of its error.
 */
import type { StepCurve } from '../check/report.js';
import { type Axes, axes, type Point, plotSize } from './axes.js';
import { element, picture, text } from './markup.js';
import { decades, short } from './numbers.js';

/** The curve of one block. `id` is unique in the page. */
export function stepCurve(id: string, curve: StepCurve): string {
  const points = curve.points.map(({ h, error }): Point => [h, error]).sort((a, b) => a[0] - b[0]);
  const drawn = points.filter(([, error]) => error > 0);
  const [low, high] = decades(drawn.map(([, error]) => error));
  const plot = axes({
    x: decades(points.map(([h]) => h)),
    // Room for the label below, and enough decades for a plateau to look like one.
    y: [Math.min(low - Math.ceil((high - low) / 10), high - 4), high],
    xLabel: 'step h, relative to the inputs',
    yLabel: 'error ÷ ‖J·u‖',
  });
  return picture(
    { id, ...plotSize, title: `Differences against ∂${curve.of}/∂${curve.wrt}`, description: stepText(curve) },
    plot.frame,
    plot.line('curve', drawn),
    plot.dots('dot', drawn, ([h, error]) => `h = ${short(h)}: ${short(error)}`),
    best(plot, drawn),
  );
}

/** What the curve says, in a sentence. */
export function stepText({ points }: StepCurve): string {
  if (points.length === 0) return 'No two steps stay inside the bounds.';
  const { h, error } = points.reduce((a, b) => (b.error < a.error ? b : a));
  if (error === 0) return 'Differences agree with the derivative to the last digit.';
  return `At best, differences come within ${short(error, 2)} of the derivative, at h = ${short(h, 2)}.`;
}

function best({ place }: Axes, points: readonly Point[]): string {
  if (points.length === 0) return '';
  const lowest = points.reduce((a, b) => (b[1] < a[1] ? b : a));
  const [x, y] = place(lowest);
  const anchor = x > 300 ? 'end' : x < 150 ? 'start' : 'middle';
  const label = text('text', { class: 'note strong', x, y: y + 22, 'text-anchor': anchor }, short(lowest[1], 2));
  return element('circle', { class: 'ring', cx: x, cy: y, r: 7 }) + label;
}
