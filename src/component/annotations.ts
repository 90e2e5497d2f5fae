/** What decorators say of a component class: plain records in the class's metadata, read by `resolve.ts`. */
import type { EndpointName } from '../operators/endpoints.js';
import { type AnyClass, type Level, levels, type Metadata, push } from '../schema/metadata.js';

/** What `@Component` says. */
export interface ComponentOptions {
  /** The model class of the inputs. */
  readonly inputs: AnyClass;
  /** The model class of the outputs. */
  readonly outputs: AnyClass;
  /** The name clients see; the class's name unless given. */
  readonly name?: string;
  /** The version clients see. */
  readonly version?: string;
  /** One sentence for people. */
  readonly description?: string;
  /** Whether this class is only a parent: what it lacks is left to its subclasses. */
  readonly abstract?: boolean;
  /**
   * The memory of what was worked out at the points last asked at, for each instance: how many bytes it may take, `true`
   * for 64 MiB, `false` for none. Left out, an instance remembers unless the application holds it.
   */
  readonly cache?: boolean | { readonly bytes: number };
}

/** What an endpoint decorator may say. */
export interface EndpointOptions {
  /** On apply: the hand-written derivatives inherited from a parent still hold for this apply. */
  readonly keepsDerivatives?: boolean;
  /**
   * On jvp and vjp: the method takes up to so many seeds at once. Where a request has `batch`, every array of its tangent
   * or cotangent has a leading axis of that extent, and every array of the result must have it too.
   */
  readonly batch?: number;
  /** On jvp, vjp and apply: how many calls of an asynchronous method may run at once; 1 unless said otherwise. */
  readonly concurrency?: number;
}

/** A method that implements an endpoint. */
export interface EndpointNote {
  readonly endpoint: EndpointName;
  readonly method: string;
  /** Whether what was decorated is a public method of instances. */
  readonly isMethod: boolean;
  readonly options: EndpointOptions;
  /** Whether the method gives a linearization, and a closure of that answers the endpoint. */
  readonly linearizes?: boolean;
}

/** A rule that the class opts in to. */
export interface DerivationNote {
  readonly rule: string;
  /** How the decorator was written, for messages. */
  readonly decorator: string;
  /** What it was given. */
  readonly options?: object | undefined;
}

/** What decorators may say of a class, and the key each is kept under. */
export interface Notes {
  readonly component: ComponentOptions;
  readonly endpoint: EndpointNote;
  readonly derivation: DerivationNote;
}

const keys: { readonly [K in keyof Notes]: symbol } = {
  component: Symbol.for('cotangent:component'),
  endpoint: Symbol.for('cotangent:endpoint'),
  derivation: Symbol.for('cotangent:derivation'),
};

/** Record what a decorator says. */
export function note<K extends keyof Notes>(metadata: Metadata, kind: K, entry: Notes[K]): void {
  push<Notes[K]>(metadata, keys[kind], entry);
}

/** What was said along the class chain, the most distant ancestor first. */
export function notes<K extends keyof Notes>(target: AnyClass, kind: K): readonly Level<Notes[K]>[] {
  return levels<Notes[K]>(target, keys[kind]);
}
