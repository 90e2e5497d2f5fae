import { afterAll } from '@jest/globals';
import { connect } from '../../src/client/index.js';
import { interchangeSuite } from '../interchange/suite.js';
import type { TwinInputs, TwinOutputs } from '../interchange/twin.js';
import { type PythonServer, pythonServer } from './python.js';

let server: PythonServer | undefined;
afterAll(() => server?.close());

interchangeSuite('the twin in Python', async () => {
  server = await pythonServer('twin', { TESSERACT_NAME: 'Twin', TESSERACT_VERSION: '2.1.0' });
  return connect<TwinInputs, TwinOutputs>(server.url);
});
