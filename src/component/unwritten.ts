/**
 * The inputs of a sweep stay what they are: all of its probes are at one point, whatever the author's method writes to
 * what it is given. To copy them for each probe would cost more than most methods do, so the first probe of a request shows
 * whether its method writes; the others are given copies only if it does.
 */
import { following } from '../derive/drive.js';
import { contentOf, sameContent, snapshot } from '../derive/memo/content.js';
import type { MaybePromise } from '../operators/endpoints.js';

/** What the first probe of a request has shown of a method; empty before it. */
export interface Seen {
  writes?: boolean;
}

/** Call a method with `inputs`, or with a copy of them where it may write to them. */
export function unwritten<R>(seen: Seen, inputs: object, call: (inputs: object) => MaybePromise<R>): MaybePromise<R> {
  if (seen.writes === false) return call(inputs);
  const given = snapshot(inputs);
  const result = call(given);
  // Probes that run at once with the first are given copies too.
  if (seen.writes) return result;
  return following(result, (value) => {
    seen.writes = !isSame(inputs, given);
    return value;
  }) as MaybePromise<R>;
}

// What cannot be compared, such as a function, was not copied either.
function isSame(a: object, b: object): boolean {
  const [before, after] = [contentOf(a), contentOf(b)];
  return before === undefined || after === undefined ? before === after : sameContent(before, after);
}
