/** Sockets to servers, and how requests are written to them. */
import type { Socket } from 'node:net';
import { builtin } from './builtin.js';

/** Where the bytes of a socket go: into `space()`, and `took` is told how many. */
export interface Reading {
  readonly space: () => Uint8Array;
  readonly took: (count: number) => void;
}

/** A request, written out. */
export interface Written {
  readonly head: string;
  readonly body: Uint8Array | undefined;
}

// Below this, one write of a copy is cheaper than two.
const SMALL = 65_536;

/** Open a socket to the server of `url`. It emits `connect`, or `secureConnect` for https, when it can be used. */
export function openSocket({ protocol, hostname, port }: URL, reading: Reading): Socket {
  const host = hostname.replace(/^\[|\]$/g, '');
  // A server that is gone without a word is noticed, as in `fetch`, by probes after a minute.
  const common = { host, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };
  const net = builtin('node:net')!;
  if (protocol === 'http:') {
    const callback = (count: number) => {
      reading.took(count);
      return true;
    };
    return net.connect({ ...common, port: Number(port || 80), onread: { buffer: reading.space, callback } });
  }
  const name = net.isIP(host) ? {} : { servername: host };
  const options = { ...common, ...name, port: Number(port || 443), ALPNProtocols: ['http/1.1'] };
  const socket = builtin('node:tls')!.connect(options);
  return socket.on('data', (bytes) => spread(bytes, reading, socket));
}

/** Put bytes that came decrypted where those of other sockets go by themselves. */
function spread(bytes: Uint8Array, { space, took }: Reading, socket: Socket): void {
  for (let at = 0; at < bytes.length && !socket.destroyed; ) {
    const into = space();
    const part = bytes.subarray(at, at + into.length);
    into.set(part);
    at += part.length;
    took(part.length);
  }
}

/** Write a request. */
export function write(socket: Socket, { head, body }: Written): void {
  if (!body) {
    socket.write(head, 'latin1');
  } else if (body.length < SMALL) {
    socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]));
  } else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
  }
}
