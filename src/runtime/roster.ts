/**
 * Those that are there now, of whom many come and go.
 *
 * No `Set`: the tables that it leaves behind as it is filled point to the next ones, and those to their members. Once the
 * collector of garbage has counted one of them among the old objects, all who came later stay alive until its next full
 * collection.
 */

interface Entry<T> {
  readonly member: T;
  /** Where it is in the list; -1 once it has left. */
  place: number;
}

/** A list of members, in no order. */
export class Roster<T> {
  readonly #entries: Entry<T>[] = [];

  /** How many are there. */
  get size(): number {
    return this.#entries.length;
  }

  /** Add a member. Gives how to take it out again. */
  add(member: T): () => void {
    const entry: Entry<T> = { member, place: this.#entries.length };
    this.#entries.push(entry);
    return () => this.#leave(entry);
  }

  /** Those who are there now. */
  members(): T[] {
    return this.#entries.map(({ member }) => member);
  }

  // The last one takes its place.
  #leave(entry: Entry<T>): void {
    if (entry.place < 0) return;
    const last = this.#entries.pop()!;
    if (last !== entry) {
      this.#entries[entry.place] = last;
      last.place = entry.place;
    }
    entry.place = -1;
  }
}
