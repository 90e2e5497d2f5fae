/** Node's CommonJS loader, taught to find and compile TypeScript files. */
import Module from 'node:module';
import { compileTypeScript } from './compileTypeScript.js';
import { isTypeScript } from './dialect.js';
import { ownEntry, typeScriptMeant } from './paths.js';

interface CommonJsModule {
  readonly filename?: string | null;
  _compile(code: string, path: string): void;
}

/** The two places of Node's loader that such loaders have always extended; Node keeps them for that. */
interface CommonJsLoader {
  _extensions: Record<string, (module: CommonJsModule, path: string) => void>;
  _resolveFilename(specifier: string, parent: CommonJsModule | undefined, ...rest: readonly unknown[]): string;
}

let installed = false;

/** From now on, `require` takes TypeScript files. */
export function installCommonJsHooks(): void {
  if (installed) return;
  installed = true;
  const loader = Module as unknown as CommonJsLoader;
  for (const ending of ['.ts', '.tsx', '.mts', '.cts']) {
    loader._extensions[ending] = (module, path) => module._compile(compileTypeScript(path, 'commonjs'), path);
  }
  const original = loader._resolveFilename;
  loader._resolveFilename = function (specifier, parent, ...rest) {
    const from = parent?.filename ?? '';
    const meant = ownEntry(specifier) ?? (isTypeScript(from) ? typeScriptMeant(specifier, from) : undefined);
    return original.call(this, meant ?? specifier, parent, ...rest);
  };
}
