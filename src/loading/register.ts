/** `node --import cotangent/register`: from now on this process imports and requires TypeScript, in both dialects of decorators. */
import { installCommonJsHooks } from './commonjsHooks.js';
import * as hooks from './hooks.js';
import { installHooks } from './install.js';

process.setSourceMapsEnabled(true);
installCommonJsHooks();
installHooks(hooks);
