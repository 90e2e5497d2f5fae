// Tests against real Python, for `npm run test:interop`, which makes the environments they need.
import config from './jest.config.js';

const [legacy] = config.projects;

export default {
  ...config,
  maxWorkers: 2,
  testTimeout: 120_000,
  projects: [
    {
      ...legacy,
      displayName: 'interop',
      testMatch: ['<rootDir>/__tests__/interop/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/'],
    },
  ],
};
