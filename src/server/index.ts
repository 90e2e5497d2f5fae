/** `cotangent/server`: a component as an HTTP server, or as a part of one. */
export type { Compression } from '../codec/encoding.js';
export type { Format } from '../codec/index.js';
export type { ComponentSource } from './open.js';
export type { AnswerOptions, ComponentFile, ComponentValue } from './options.js';
export { type ComponentPluginOptions, componentPlugin } from './plugin.js';
export { type RunningServer, type ServeOptions, serve } from './serve.js';
