/**
 * The size of generated cases, in every project of the tests. By default fast-check makes lists of ten entries at most,
 * however long they may be: few of them reach what a body, a block or a table does with many.
 *
 * A property that takes too long at this size is given one of its own, `{ size }`, and says why.
 */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), baseSize: 'large' });
