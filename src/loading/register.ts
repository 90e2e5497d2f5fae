/** `node --import cotangent/register`: from now on this process imports and requires TypeScript, in both dialects of decorators. */
import { register } from 'node:module';
import { installCommonJsHooks } from './commonjsHooks.js';

process.setSourceMapsEnabled(true);
installCommonJsHooks();
register('./esmHooks.js', import.meta.url);
