/** Ports and streams that a program is given by whoever starts it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CannotListenError } from "./errors.ts";
import { Factory } from "./factory.ts";
import type { ListenPlace, Net, Wire } from "./net.ts";
import { Reactor } from "./reactor.ts";
import { MemoryNetwork, Recorder } from "./testing/index.ts";

const program = fileURLToPath(new URL("test-programs/endpoint-echo.ts", import.meta.url));
const starter = fileURLToPath(new URL("test-programs/systemd.py", import.meta.url));
const node = [process.execPath, "--conditions=trofie-source", program];

describe("stdio", () => {
  it("is one connection: lines in, lines out, and an end", async () => {
    const child = spawn(node[0]!, [...node.slice(1), "stdio:"], { stdio: ["pipe", "pipe", "inherit"] });
    child.stdin.end("hello\r\ngoodbye\r\n");
    expect(await text(child.stdout)).toBe("echo: hello\r\necho: goodbye\r\n");
    await once(child, "exit");
    expect(child.exitCode).toBe(0);
  });
});

describe("systemd's sockets", () => {
  it("are listened on, by their number", async () => {
    const child = spawn("/usr/bin/python3", [starter, ...node, "systemd:domain=INET:index=0"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
    await using reactor = new Reactor();
    const client = await reactor.connect(`tcp:${port}`, Factory.forProtocol(Recorder));
    client.transport.write("hello\r\n");
    await client.received(13);
    expect(client.text()).toBe("echo: hello\r\n");
    void client.transport.loseConnection();
    await once(child, "exit");
    expect(child.exitCode).toBe(0);
  });

  it("cannot rest, for they could not be opened again", async () => {
    const net = new MemoryNetwork();
    const place = { kind: "tcp", host: "127.0.0.1", port: 1, backlog: 1, reusePort: false } as const;
    const inherited: Net = {
      listen: (_: ListenPlace, accept: (wire: Wire) => void) => net.listen(place, accept),
      connect: (address, signal) => net.connect(address, signal),
      bindUDP: (udp, events) => net.bindUDP(udp, events),
    };
    await using reactor = new Reactor({ net: inherited });
    const port = await reactor.listen(
      { place: { kind: "fd", fd: 3 }, isProxied: false },
      Factory.forProtocol(Recorder),
    );
    await expect(port.suspend()).rejects.toThrow(CannotListenError);
    const peer = await reactor.connectTCP("127.0.0.1", 1, Factory.forProtocol(Recorder));
    expect(peer.happenings).toEqual(["made"]);
  });

  it("are refused when none was passed", async () => {
    await using reactor = new Reactor();
    const listened = reactor.listen("systemd:domain=INET:index=0", Factory.forProtocol(Recorder));
    await expect(listened).rejects.toThrow("systemd has passed 0 sockets to this program");
  });
});
