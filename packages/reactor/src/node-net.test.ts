import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { connect } from "node:net";
import { expect, it, vi } from "vitest";
import { ConnectError } from "./errors.ts";
import { Factory } from "./factory.ts";
import { Protocol } from "./protocol.ts";
import { Reactor } from "./reactor.ts";
import { Recorder, transportPair, type TransportPair } from "./testing/index.ts";

const KEEP_ALIVE_TIMER = "02";

/** The connections that have this port at one end, as Linux lists them (proc_net_tcp.txt). */
function socketsOf({ client }: TransportPair) {
  const { peer } = client.transport;
  const port = peer.kind === "tcp" ? peer.port : 0;
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const rows = readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1, -1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, remote, state]) => `${local} ${remote}`.includes(`:${hex}`) && state === "01")
    .map((fields) => ({ timer: fields[5]!.split(":")[0]!, inode: fields[9]! }));
}

/** Of a socket of this process: whether it sends without waiting for acknowledgements. Node does not tell. */
const IS_NO_DELAY = `
import ctypes, os, socket, sys
duplicate = ctypes.CDLL(None).syscall(438, os.pidfd_open(int(sys.argv[1])), int(sys.argv[2]), 0) # pidfd_getfd
print(socket.socket(fileno=duplicate).getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
`;

function isNoDelay(inode: string): boolean {
  const fd = readdirSync("/proc/self/fd").find((name) => linkOf(name) === `socket:[${inode}]`)!;
  return execFileSync("python3", ["-c", IS_NO_DELAY, `${process.pid}`, fd], { encoding: "utf8" }) === "1\n";
}

function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined; // The folder's own, which is closed by now.
  }
}

it("asks the system to watch over both ends of a connection that lasts", async () => {
  await using pair = await transportPair("tcp:0");
  const timers = () => socketsOf(pair).map(({ timer }) => timer);
  await vi.waitFor(() => expect(timers()).toEqual([KEEP_ALIVE_TIMER, KEEP_ALIVE_TIMER]));
});

it("sends at both ends without waiting for the peer to acknowledge what came before", async () => {
  await using pair = await transportPair("tcp:0");
  expect(socketsOf(pair).map(({ inode }) => isNoDelay(inode))).toEqual([true, true]);
});

it("sends what one turn writes in one piece", async () => {
  class Talker extends Protocol {
    override connectionMade() {
      for (let word = 0; word < 50; word++) this.transport.write(`${word} `);
      this.transport.writeSequence(["a", Buffer.from("b"), "c"]);
    }
  }
  await using reactor = new Reactor();
  const { address } = await reactor.listenTCP(0, Factory.forProtocol(Talker));
  const peer = connect(address.port, address.host);
  const [first] = (await once(peer, "data")) as [Buffer];
  expect(first.toString()).toMatch(/^0 1 .* 49 abc$/);
  peer.destroy();
});

it("says so when the address to connect from is none", async () => {
  await using reactor = new Reactor();
  const dialled = reactor.connect("tcp:host=127.0.0.1:port=1:bindAddress=foo", Factory.forProtocol(Recorder));
  await expect(dialled).rejects.toThrow(ConnectError);
  await expect(dialled).rejects.toThrow('"foo" is no address of ours');
});
