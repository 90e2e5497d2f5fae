import { afterAll } from '@jest/globals';
import { connect } from '../../src/client/index.js';
import { type Served, served } from './served.js';
import { interchangeSuite } from './suite.js';
import { Twin, type TwinInputs, type TwinOutputs } from './twin.js';

const open: Served[] = [];
afterAll(async () => {
  for (const server of open) await server.close();
});

for (const encoding of ['base64', 'json'] as const) {
  interchangeSuite(`the twin behind our server, its arrays as ${encoding}`, async () => {
    const server = await served(Twin);
    open.push(server);
    return connect<TwinInputs, TwinOutputs>(server.url, { encoding });
  });
}
