/** The valley as contour lines, with the path of a descent through it. */
import { Picture } from '../braille.js';

/** A point of the plane. */
export type Point = readonly [x: number, y: number];

/** What is drawn. */
export interface Landscape {
  readonly height: (point: Point) => number;
  readonly from: Point;
  readonly to: Point;
}

const columns = 64;
const rows = 20;

/** The picture as lines of text: contours a factor of `1 / density` decades apart, the path's points in order. */
export function drawPath({ height, from, to }: Landscape, path: readonly Point[], density = 1): string[] {
  const picture = new Picture(columns, rows);
  const scale = (axis: 0 | 1, pixels: number) => (to[axis] - from[axis]) / (pixels - 1);
  const [dx, dy] = [scale(0, picture.width), scale(1, picture.height)];
  const level = (x: number, y: number) =>
    Math.floor(density * Math.log10(height([from[0] + x * dx, from[1] + y * dy])));
  for (let x = 0; x < picture.width; x++) {
    for (let y = 0; y < picture.height; y++) {
      const here = level(x, y);
      if (here !== level(x + 1, y) || here !== level(x, y + 1)) picture.dot(x, y);
    }
  }
  path.forEach(([x, y], i) => {
    const symbol = i === 0 ? '○' : i === path.length - 1 ? '✕' : '●';
    picture.symbol(Math.round((x - from[0]) / dx), Math.round((y - from[1]) / dy), symbol);
  });
  return picture.lines();
}
