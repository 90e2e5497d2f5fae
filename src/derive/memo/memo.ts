/** What a component has worked out at the points it was last asked at: found by their content, in bounded memory. */
import { type Content, contentOf, kept, sameContent } from './content.js';

/** A value to keep, and how many bytes it takes. */
export interface Item {
  readonly name: string;
  readonly value: unknown;
  readonly bytes: number;
}

/** One point, and what is known there, by name. */
interface Entry {
  readonly content: Content;
  readonly items: Map<string, Item>;
  bytes: number;
}

/** What an entry takes besides the bytes it holds. */
const overhead = 512;

/** How many points are remembered at most: very many small ones would cost more to look after than they save. */
const mostPoints = 256;

/** A point as it was when it was looked up. */
export interface Place {
  /** What is known there under a name. */
  readonly get: (name: string) => unknown;
  /**
   * Keep values; the points that were not asked at for the longest time make room. What does not fit at all is not kept,
   * and nothing is where the inputs have changed since the point was looked up.
   */
  readonly set: (items: readonly Item[]) => void;
}

/**
 * A memory of at most `limit` bytes, copies of inputs included. Nothing in it is handed out by reference to a caller: that
 * is for those who use it to see to.
 */
export class Memo {
  readonly limit: number;
  #bytes = 0;
  /** The entry that was used last is the last. */
  readonly #entries = new Map<string, Entry[]>();

  constructor(limit: number) {
    this.limit = limit;
  }

  /** How many bytes are held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A memory that holds the same: what is kept or forgotten there changes nothing here. */
  fork(): Memo {
    const copy = new Memo(this.limit);
    copy.#bytes = this.#bytes;
    const copied = (entry: Entry): Entry => ({ ...entry, items: new Map(entry.items) });
    for (const [hash, bucket] of this.#entries) copy.#entries.set(hash, bucket.map(copied));
    return copy;
  }

  /** The place of `inputs`, or undefined where their content cannot be told or would fill the memory by itself. */
  at(inputs: object): Place | undefined {
    const content = contentOf(inputs);
    if (!content || content.bytes + overhead > this.limit) return undefined;
    return {
      get: (name) => this.#find(content)?.items.get(name)?.value,
      set: (items) => {
        const now = contentOf(inputs);
        if (now && sameContent(now, content)) for (const item of items) this.#keep(now, item);
      },
    };
  }

  #find(content: Content): Entry | undefined {
    const bucket = this.#entries.get(content.hash);
    const entry = bucket?.find((one) => sameContent(one.content, content));
    if (!bucket || !entry) return undefined;
    this.#entries.delete(content.hash);
    this.#entries.set(content.hash, bucket);
    return entry;
  }

  #keep(content: Content, item: Item): void {
    const entry = this.#find(content) ?? this.#open(content);
    // What is replaced goes first: it must not be given again where the new value does not fit.
    this.#resize(entry, -(entry.items.get(item.name)?.bytes ?? 0));
    entry.items.delete(item.name);
    if (entry.bytes + item.bytes <= this.limit) {
      entry.items.set(item.name, item);
      this.#resize(entry, item.bytes);
    }
    if (entry.items.size === 0) this.#drop(entry);
    this.#makeRoom(entry);
  }

  #resize(entry: Entry, bytes: number): void {
    entry.bytes += bytes;
    this.#bytes += bytes;
  }

  #open(content: Content): Entry {
    const entry: Entry = { content: kept(content), items: new Map(), bytes: content.bytes + overhead };
    const bucket = this.#entries.get(content.hash) ?? [];
    bucket.push(entry);
    this.#entries.set(content.hash, bucket);
    this.#bytes += entry.bytes;
    return entry;
  }

  #makeRoom(spared: Entry): void {
    for (const bucket of this.#entries.values()) {
      for (const entry of bucket.slice()) {
        if (this.#bytes <= this.limit && this.#entries.size <= mostPoints) return;
        if (entry !== spared) this.#drop(entry);
      }
    }
  }

  #drop(entry: Entry): void {
    const { hash } = entry.content;
    const left = (this.#entries.get(hash) ?? []).filter((one) => one !== entry);
    if (left.length > 0) this.#entries.set(hash, left);
    else this.#entries.delete(hash);
    this.#bytes -= entry.bytes;
  }
}
