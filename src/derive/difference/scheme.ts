/**
 * The table of difference schemes, and the arithmetic of stencils.
 *
 * To add a scheme, add its name and a row. A stencil is a list of nodes in units of the step; its weights follow from where the nodes
 * really came to lie: they are those of the derivative at 0 of the polynomial through all nodes, so that for two nodes
 * the quotient is (f(x+a) − f(x−b))/(a+b) with the representable a and b.
 */

/** A stencil: where it evaluates, in units of the step. */
export interface StencilRow {
  readonly nodes: readonly number[];
  /** How much rounding this stencil passes on, compared with the first one of its scheme. */
  readonly penalty: number;
}

/** A row of the scheme table. */
export interface SchemeRow {
  /** The truncation error is O(h^order). */
  readonly order: number;
  /** The best step is factor · roundoff^(1/root) · scale: rounding ε/h and truncation h^order in balance. */
  readonly root: number;
  readonly factor: number;
  /** The preferred stencil, then those for the edge of a domain. Node 0, the base, is evaluated once for all columns. */
  readonly stencils: readonly StencilRow[];
}

/** The name of a scheme. */
export type Scheme = 'forward' | 'central' | 'richardson';

/** Every scheme. Evaluations for each direction: as many as its first stencil has nodes other than 0. */
export const schemes: Readonly<Record<Scheme, SchemeRow>> = {
  forward: {
    order: 1,
    root: 2,
    factor: 1,
    stencils: [
      { nodes: [0, 1], penalty: 1 },
      { nodes: [0, -1], penalty: 1 },
    ],
  },
  central: {
    order: 2,
    root: 3,
    factor: 1,
    stencils: [
      { nodes: [-1, 1], penalty: 1 },
      { nodes: [0, 1, 2], penalty: 4 },
      { nodes: [0, -1, -2], penalty: 4 },
    ],
  },
  richardson: {
    order: 4,
    root: 5,
    factor: 0.5,
    stencils: [
      { nodes: [-2, -1, 1, 2], penalty: 1 },
      { nodes: [0, 1, 2, 3, 4], penalty: 4 },
      { nodes: [0, -1, -2, -3, -4], penalty: 4 },
    ],
  },
};

/** A stencil with the step it is used at. */
export interface Placed {
  readonly nodes: readonly number[];
  readonly step: number;
}

/** The room on a line: how far one may go up and down, and the least step that moves at all. */
export interface Room {
  readonly up: number;
  readonly down: number;
  readonly least: number;
}

/** `nodes` at the largest step up to `step` that stays within the room; nothing where no step fits. */
export function fit(nodes: readonly number[], step: number, room: Room): Placed | undefined {
  const top = Math.max(0, ...nodes);
  const bottom = Math.max(0, ...nodes.map((node) => -node));
  const fitting = Math.min(step, top > 0 ? room.up / top : step, bottom > 0 ? room.down / bottom : step);
  return fitting > 0 && fitting >= room.least ? { nodes, step: fitting } : undefined;
}

/**
 * The stencil of `scheme` for a line with this room: the first that fits at the full step, shrunk or one-sided where
 * that loses less to rounding.
 */
export function choose(scheme: Scheme, step: number, room: Room): Placed | undefined {
  let best: Placed | undefined;
  let score = 0;
  for (const { nodes, penalty } of schemes[scheme].stencils) {
    const placed = fit(nodes, step, room);
    if (placed === undefined || placed.step / penalty <= score) continue;
    best = placed;
    score = placed.step / penalty;
  }
  return best;
}

/** The weights that give the derivative at 0 of the polynomial through values at `offsets` (all different). */
export function weightsAt(offsets: readonly number[]): number[] {
  return offsets.map((own, i) => {
    let weight = 0;
    for (let m = 0; m < offsets.length; m++) {
      if (m === i) continue;
      let term = 1 / (own - offsets[m]);
      for (let l = 0; l < offsets.length; l++) if (l !== i && l !== m) term *= -offsets[l] / (own - offsets[l]);
      weight += term;
    }
    return weight;
  });
}
