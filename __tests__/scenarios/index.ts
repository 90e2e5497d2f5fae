/** Every scenario. */
import type { Scenario } from './scenario.js';
import { holomorphic, mixed, tree } from './structures.js';
import { anyRank, cube, empty, rows, several, tall, wide } from './vectors.js';

/** Every scenario, in no particular order. */
export const scenarios: readonly Scenario[] = [
  wide,
  tall,
  cube,
  rows,
  several,
  empty,
  anyRank,
  tree,
  mixed,
  holomorphic,
];
