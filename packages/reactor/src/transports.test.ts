import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer, type Socket } from "node:net";
import { afterAll, describe, it } from "vitest";
import type { Listener, ListenPlace, Net, Wire } from "./net.ts";
import { StdioWire } from "./stdio-wire.ts";
import { checkTransport, MemoryNetwork, testCertificate, tlsPair, transportPair } from "./testing/index.ts";
import type { TransportLimits } from "./transport.ts";

const memory = () => new MemoryNetwork({ longestPieceBytes: 65_536, delayMs: [0, 1] });

/** Two programs, each with the other's output for its input; Node's standard streams are such sockets, too. */
async function stdioPair(limits: Partial<TransportLimits>, folder: string) {
  const [there, back] = [await pipe(`${folder}/there`), await pipe(`${folder}/back`)];
  const net: Net = Object.assign(memory(), {
    async listen(_: ListenPlace, accept: (wire: Wire) => void): Promise<Listener> {
      setImmediate(() => accept(new StdioWire(there.output, back.input)));
      return { address: { kind: "stdio" }, close: async () => {} };
    },
    async connect() {
      return new StdioWire(back.output, there.input);
    },
  });
  return transportPair("unix:stdio", { limits, net });
}

async function pipe(path: string): Promise<{ input: Socket; output: Socket }> {
  const server = createServer({ pauseOnConnect: true }).listen(path);
  const input = connect(path);
  const [output] = (await once(server, "connection")) as [Socket];
  server.close();
  return { input, output };
}

/** A connection that has begun in the clear. */
async function startTlsPair(limits: Partial<TransportLimits> = {}) {
  const pair = await transportPair("tcp:0", { limits });
  const { authorities } = testCertificate;
  await Promise.all([
    pair.server.transport.startTls({ server: testCertificate }),
    pair.client.transport.startTls({ client: { authorities, serverName: "localhost" } }),
  ]);
  return pair;
}

describe("every transport", () => {
  checkTransport("memory", (limits = {}) => transportPair("tcp:0", { limits, net: memory() }), it);

  checkTransport("TCP", (limits = {}) => transportPair("tcp:0", { limits }), it);

  checkTransport("TLS over memory", (limits = {}) => tlsPair({ limits, net: memory() }), it);

  checkTransport("TLS over TCP", (limits = {}) => tlsPair({ limits }), it);

  checkTransport("STARTTLS", startTlsPair, it);

  const folder = mkdtempSync(join(tmpdir(), "trofie-"));
  let count = 0;
  checkTransport("UNIX", (limits = {}) => transportPair(`unix:${folder}/${count++}`, { limits }), it);
  checkTransport("stdio", (limits = {}) => stdioPair(limits, mkdtempSync(join(folder, "stdio-"))), it);
  afterAll(() => rmSync(folder, { recursive: true }));
});
