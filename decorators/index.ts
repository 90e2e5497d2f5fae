/** The public decorators. */
export * from './component.js';
export * from './derive.js';
export * from './endpoint.js';
export * from './field.js';
