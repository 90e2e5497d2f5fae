/** The public names of `cotangent/client/node`: what a client can do in Node only. */
export { type SharedFolders, sharedFolders } from './sharedFolders.js';
