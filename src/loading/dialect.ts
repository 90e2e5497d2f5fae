/**
 * How a TypeScript file wants to be compiled: its dialect of decorators from the nearest tsconfig.json, its module
 * format from its ending or the nearest package.json.
 */
import { readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { Options } from '@swc/core';
import { type Cache, getTsconfig, type TsConfigResult } from 'get-tsconfig';

/** The two module formats of Node. */
export type ModuleFormat = 'module' | 'commonjs';

const endings: Readonly<Record<string, ModuleFormat | undefined>> = {
  '.mts': 'module',
  '.mjs': 'module',
  '.cts': 'commonjs',
  '.cjs': 'commonjs',
};
const typeScript: ReadonlySet<string> = new Set(['.ts', '.mts', '.cts', '.tsx']);
const withoutDefine = /^es(3|5|6|201[5-9]|202[01])$/i;
const cache: Cache = new Map();

/** Whether a file has to be compiled before Node can run it. */
export function isTypeScript(path: string): boolean {
  return typeScript.has(extname(path)) && !path.endsWith('.d.ts');
}

/** The module format of a file, as Node tells it; TypeScript's endings count like JavaScript's. */
export function formatOf(path: string): ModuleFormat {
  return endings[extname(path)] ?? (packageType(dirname(path)) === 'module' ? 'module' : 'commonjs');
}

function packageType(folder: string): unknown {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { type?: unknown }).type;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? undefined : packageType(parent);
  }
}

/** The tsconfig.json nearest to a file, if there is one. Raises what get-tsconfig does of one that cannot be read. */
export function tsconfigOf(path: string): TsConfigResult | undefined {
  return getTsconfig(dirname(path), 'tsconfig.json', cache) ?? undefined;
}

/** The compiler's options for a file. Without a tsconfig.json: legacy decorators with metadata, the documented default. */
export function compilerOptions(path: string, format: ModuleFormat): Options {
  const given = tsconfigOf(path)?.config.compilerOptions;
  const wanted = given ?? { experimentalDecorators: true, emitDecoratorMetadata: true };
  const legacy = wanted.experimentalDecorators === true;
  return {
    filename: path,
    sourceMaps: 'inline',
    inlineSourcesContent: false,
    swcrc: false,
    configFile: false,
    isModule: true,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true, tsx: path.endsWith('x') },
      keepClassNames: true,
      transform: {
        ...(legacy
          ? { legacyDecorator: true, decoratorMetadata: wanted.emitDecoratorMetadata === true }
          : { decoratorVersion: '2023-11' as const }),
        useDefineForClassFields: wanted.useDefineForClassFields ?? !withoutDefine.test(wanted.target ?? 'esnext'),
        verbatimModuleSyntax: wanted.verbatimModuleSyntax === true,
      },
    },
    module:
      format === 'module'
        ? { type: 'es6' }
        : { type: 'commonjs', importInterop: wanted.esModuleInterop === false ? 'none' : 'swc' },
  };
}
