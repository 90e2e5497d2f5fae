/** Arrays as files in folders that client and server share: what is written, read, refused and removed. */
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connect, sharedFolders } from 'cotangent/client/node';
import { type Served, served } from '../interchange/served.js';
import { Twin, type TwinInputs, type TwinOutputs } from '../interchange/twin.js';
import { vectorDocument } from './document.js';
import { json, type Stub, stubFor } from './stub.js';

const open: (Served | Stub)[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const home = (): { readonly requests: string; readonly answers: string } => {
  const root = mkdtempSync(join(tmpdir(), 'cotangent-shared-'));
  const folders = { requests: join(root, 'in'), answers: join(root, 'out') };
  for (const folder of Object.values(folders)) mkdirSync(folder);
  return folders;
};

describe('binref over shared folders', () => {
  test('arrays go and come as files, and the request’s own are removed', async () => {
    const folders = home();
    const server = await served(Twin, { inputPath: folders.requests, outputPath: folders.answers });
    open.push(server);
    const handle = await connect<TwinInputs, TwinOutputs>(server.url, {
      encoding: 'binref',
      files: sharedFolders(folders),
    });
    const { y, total } = await handle.apply({ x: [1, 2, 3], scale: 4 });
    expect([y.toNested(), total]).toEqual([[4, 8, 12], 24]);
    expect(readdirSync(folders.requests)).toEqual([]);
    expect(readdirSync(folders.answers).length).toBe(1);
  });

  test('files of a request that fails are removed, too', async () => {
    const folders = home();
    const server = await served(Twin, { inputPath: folders.requests, outputPath: folders.answers });
    open.push(server);
    const handle = await connect<TwinInputs, TwinOutputs>(server.url, {
      encoding: 'binref',
      files: sharedFolders(folders),
    });
    await expect(handle.apply({ x: [1], times: -1 })).rejects.toMatchObject({ code: 'E_CONSTRAINT' });
    expect(readdirSync(folders.requests)).toEqual([]);
  });

  test('binref without folders is an error that says so', async () => {
    const server = await served(Twin);
    open.push(server);
    const handle = await connect<TwinInputs, TwinOutputs>(server.url, { encoding: 'binref' });
    await expect(handle.apply({ x: [1] })).rejects.toMatchObject({ code: 'E_ARRAY_FILE_WRITE' });
  });

  test.each(['/etc/hostname', '../in/secret', 'link', 'file:///etc/hostname', 'missing.bin'])(
    'an answer that refers to %s is not read',
    async (name) => {
      const folders = home();
      writeFileSync(join(folders.requests, 'secret'), 'secretly');
      symlinkSync(join(folders.requests, 'secret'), join(folders.answers, 'link'));
      const data = { buffer: name, encoding: 'binref' };
      const server = await stubFor(vectorDocument, (response) =>
        json(response, { y: { object_type: 'array', shape: [1], dtype: 'float64', data } }),
      );
      open.push(server);
      const handle = await connect(server.url, { files: sharedFolders(folders) });
      await expect(handle.apply({ x: [1] })).rejects.toMatchObject({ code: 'E_REMOTE_ANSWER' });
    },
  );
});
