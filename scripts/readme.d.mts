/** The types of `readme.mjs`, for the tests. */

export interface Block {
  readonly name: string;
  readonly code: string;
  readonly prints?: string;
}

export function readmeBlocks(markdown: string): Block[];
