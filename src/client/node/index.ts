/** The public names of `cotangent/client/node`: the client, and what it can do in Node only. */
export * from '../index.js';
export { type SharedFolders, sharedFolders } from './sharedFolders.js';
