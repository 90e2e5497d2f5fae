// Tests against real web servers, for `npm run test:servers`, which installs them.
import config from './jest.config.js';

const [legacy] = config.projects;

export default {
  ...config,
  maxWorkers: 1,
  testTimeout: 60_000,
  projects: [
    {
      ...legacy,
      displayName: 'servers',
      testMatch: ['<rootDir>/__tests__/servers/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/'],
    },
  ],
};
