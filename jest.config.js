// Two projects: everything under legacy decorators (the main dialect), and the decorator suites once more under standard ones.
const swc = (dialect) => [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform:
        dialect === 'legacy'
          ? { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true }
          : { decoratorVersion: '2023-11', useDefineForClassFields: true },
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

const shared = {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/__tests__/setup/build.mjs',
  setupFiles: ['<rootDir>/__tests__/setup/generated.mjs'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^cotangent$': '<rootDir>/src/index.ts',
    '^cotangent/client/node$': '<rootDir>/src/client/node/index.ts',
    '^cotangent/([a-z]+)$': '<rootDir>/src/$1/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default {
  reporters: ['default', './scripts/tally.mjs'],
  coverageProvider: 'v8',
  collectCoverageFrom: ['src/**/*.ts', 'decorators/**/*.ts'],
  projects: [
    {
      ...shared,
      displayName: 'legacy',
      testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '/__tests__/standard/', '/__tests__/interop/', '/__tests__/servers/'],
      transform: { '\\.ts$': swc('legacy') },
    },
    {
      ...shared,
      displayName: 'standard',
      testMatch: ['<rootDir>/__tests__/decorators/**/*.test.ts', '<rootDir>/__tests__/standard/**/*.test.ts'],
      transform: { '\\.ts$': swc('standard') },
    },
  ],
};
