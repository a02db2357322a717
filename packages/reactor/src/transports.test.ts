import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "vitest";
import { checkTransport, MemoryNetwork, tlsPair, transportPair } from "./testing/index.ts";

const memory = () => new MemoryNetwork({ longestPieceBytes: 65_536, delayMs: [0, 1] });

describe("every transport", () => {
  checkTransport("memory", (limits = {}) => transportPair("tcp:0", { limits, net: memory() }), it);

  checkTransport("TCP", (limits = {}) => transportPair("tcp:0", { limits }), it);

  checkTransport("TLS over memory", (limits = {}) => tlsPair({ limits, net: memory() }), it);

  checkTransport("TLS over TCP", (limits = {}) => tlsPair({ limits }), it);

  const folder = mkdtempSync(join(tmpdir(), "trofie-"));
  let count = 0;
  checkTransport("UNIX", (limits = {}) => transportPair(`unix:${folder}/${count++}`, { limits }), it);
});
