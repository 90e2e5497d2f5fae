/** Faults of the proxy. */

export const tests = ['__tests__/proxy'];

export const faults = [
  {
    name: 'headers of the connection are passed on',
    file: 'src/proxy/headers.ts',
    find: 'if (perConnection.has(name) || left.has(name)) continue;',
    replace: "if (name === 'host') continue;",
  },
  {
    name: 'the query of a request is left out',
    file: 'src/proxy/forward.ts',
    find: "url.replace(/^[a-z]+:\\/\\/[^/]*/i, '').replace(/^\\/+/, '')",
    replace: "url.replace(/^[a-z]+:\\/\\/[^/]*/i, '').replace(/^\\/+|\\?.*$/g, '')",
  },
  {
    name: 'a request goes on after its caller has gone',
    file: 'src/proxy/forward.ts',
    find: "outgoing.on('close', () => left.abort(new Error('the caller has gone')));",
    replace: '',
  },
  {
    name: 'an upstream that does not answer is a mistake of the proxy',
    file: 'src/proxy/proxy.ts',
    find: "error.code.startsWith('E_REMOTE')",
    replace: "error.code.startsWith('E_REMOTE_NEVER')",
  },
  {
    name: 'a derived endpoint is answered to any method',
    file: 'src/proxy/proxy.ts',
    find: "if (method !== 'POST') return fail(",
    replace: "if (method === 'GET') return fail(",
  },
  {
    name: 'a body that was read is held for ever',
    file: 'src/proxy/proxy.ts',
    find: '} finally {\n    release();\n  }',
    replace: '} finally {\n  }',
  },
  {
    name: 'the schemas of the proxy stand above those of its upstream',
    file: 'src/proxy/document.ts',
    find: "schemas: { ...recordOf(recordOf(own['components'])['schemas']), ...recordOf(components['schemas']) },",
    replace: "schemas: { ...recordOf(components['schemas']), ...recordOf(recordOf(own['components'])['schemas']) },",
  },
  {
    name: 'what the upstream offers counts as derived',
    file: 'src/proxy/upstream.ts',
    find: '!before.includes(endpoint)',
    replace: 'before.length > 0 && endpoint.length > 0',
  },
  {
    name: 'a sweep of the proxy makes one probe at a time',
    file: 'src/proxy/upstream.ts',
    find: 'options: { concurrency, ...request.options }',
    replace: 'options: { ...request.options }',
  },
];
