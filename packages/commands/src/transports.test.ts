/** A session over each kind of stream that the reactor has, on the real network, and cut where it hurts most. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Reactor, type Protocol } from "@trofie/reactor";
import { testCertificate } from "@trofie/reactor/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import { Client } from "./client.ts";
import { command, event, type Contract } from "./contract.ts";
import { protocolErrors } from "./errors.ts";
import { connectLines, MessageLinesFactory } from "./lines.ts";
import { CommandServer } from "./server.ts";
import { MemoryJournal } from "./testing/memory-journal.ts";

const contract = {
  methods: {
    "oven.clean": command({
      input: z.strictObject({}),
      result: z.strictObject({ times: z.number() }),
      errors: [],
      role: "operator",
    }),
  },
  events: { "oven.cleaned": event(z.strictObject({ times: z.number() })) },
} as const satisfies Contract;

let folder: string;
let reactor: Reactor;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trofie-transports-"));
  for (const [name, text] of Object.entries(testCertificate))
    writeFileSync(join(folder, `${name}.pem`), text);
  reactor = new Reactor();
});

afterEach(async () => {
  await reactor.stop();
  rmSync(folder, { recursive: true });
});

/** Where a station of `kind` listens, and where its clients find it. */
function endpointsOf(kind: string): { listen: string; connectTo: (port: number) => string } {
  const pem = (name: string): string => join(folder, `${name}.pem`);
  if (kind === "unix") {
    const place = `unix:${join(folder, "socket")}`;
    return { listen: place, connectTo: () => place };
  }
  if (kind === "tcp")
    return { listen: "tcp:0:interface=127.0.0.1", connectTo: (port) => `tcp:127.0.0.1:${port}` };
  return {
    listen: `tls:0:interface=127.0.0.1:privateKey=${pem("privateKey")}:certKey=${pem("certificate")}`,
    connectTo: (port) => `tls:localhost:${port}:trustRoots=${pem("authorities")}`,
  };
}

class Cuttable extends MessageLinesFactory {
  newest: Protocol | null = null;

  override buildProtocol(): Protocol {
    return (this.newest = super.buildProtocol());
  }

  cut(): void {
    this.newest?.transport.abortConnection();
  }
}

test.each(["tcp", "unix", "tls"])(
  "over %s a command is carried out once, and each event told once, though the wire is cut before each answer",
  async (kind) => {
    const journal = new MemoryJournal();
    let times = 0;
    const server = new CommandServer<typeof contract>({
      station: "bakery",
      contract,
      handlers: {
        "oven.clean": () => ({
          record: () => {
            journal.append("oven.cleaned", null, { times: (times += 1) });
            return { times };
          },
        }),
      },
      codes: protocolErrors,
      log: journal,
      verdicts: journal,
      clock: reactor.clock,
      digest: (method, params) => JSON.stringify([method, params]),
      onInternalError: (error) => expect.unreachable(String(error)),
    });
    const door = { name: "open", authenticate: () => ({ principal: "baker", role: "operator" }) as const };
    const factory = new Cuttable(() => server.accept(door));
    journal.onCommit = () => {
      factory.cut();
      server.eventsCommitted();
    };
    const { listen, connectTo } = endpointsOf(kind);
    const port = await reactor.listen(listen, factory);
    const client = new Client<typeof contract>({
      contract,
      connect: connectLines(reactor, connectTo("port" in port.address ? port.address.port : 0)),
      clock: reactor.clock,
      random: reactor.random,
      agent: "test",
    });
    const heard: number[] = [];
    let connections = 0;
    client.listen({
      eventReceived: ({ seq }) => heard.push(seq),
      connectionChanged: (state) => (connections += Number(state.kind === "connected")),
    });
    client.start();
    for (let i = 1; i <= 3; i += 1) expect(await client.command("oven.clean", {})).toEqual({ times: i });
    await vi.waitUntil(() => heard.length >= 3);
    await client.stop();
    expect([times, heard, connections]).toEqual([3, [1, 2, 3], 4]);
  },
);
