/** Ports and streams that a program is given by whoever starts it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Factory } from "./factory.ts";
import { Reactor } from "./reactor.ts";
import { Recorder } from "./testing/index.ts";

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

  it("are refused when none was passed", async () => {
    await using reactor = new Reactor();
    const listened = reactor.listen("systemd:domain=INET:index=0", Factory.forProtocol(Recorder));
    await expect(listened).rejects.toThrow("systemd has passed 0 sockets to this program");
  });
});
