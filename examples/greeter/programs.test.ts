import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "greeter-"));
afterAll(() => rmSync(folder, { recursive: true }));
const running = new Set<ChildProcess>();
const hasPython = spawnSync("python3", ["--version"]).status === 0;

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

/** One of the two programs, with all that it has printed. */
class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  out = "";
  errors = "";

  constructor(name: "server" | "client", ...args: string[]) {
    const path = join(import.meta.dirname, `${name}.ts`);
    this.child = spawn(process.execPath, ["--conditions=trofie-source", path, ...args], { cwd: folder });
    running.add(this.child);
    this.child.stdout?.on("data", (bytes: Buffer) => (this.out += bytes.toString()));
    this.child.stderr?.on("data", (bytes: Buffer) => (this.errors += bytes.toString()));
    this.ended = once(this.child, "close").then(() => this.child.exitCode);
  }

  async says(text: string): Promise<void> {
    await expect.poll(() => this.out, { timeout: 20_000 }).toContain(text);
  }

  types(...lines: string[]): void {
    this.child.stdin?.write(lines.map((line) => `${line}\n`).join(""));
  }
}

async function startServer(...args: string[]): Promise<{ server: Program; port: string }> {
  const server = new Program("server", "0", ...args);
  await server.says("Listening on 127.0.0.1:");
  return { server, port: /:(\d+)/.exec(server.out)?.[1] ?? "" };
}

describe("the server", () => {
  it("says in one sentence that its port is in use, and exits with 1", async () => {
    const { port } = await startServer();
    const second = new Program("server", port);
    expect(await second.ended).toBe(1);
    expect(second.errors).toBe(`Cannot listen on 127.0.0.1:${port}: another program is using it\n`);
  });

  it.each([[["12x4"]], [["70000"]], [["1", "2"]], [["--fil", "x"]]])(
    "tells its usage when called with %s, and exits with 2",
    async (args) => {
      const server = new Program("server", ...args);
      expect(await server.ended).toBe(2);
      expect(server.errors).toContain("Usage: npm run greeter:server -- [port] [--file PATH]");
    },
  );

  it("says that it cannot open its file, and exits with 1", async () => {
    const server = new Program("server", "0", "--file", "/no/such/folder/file.txt");
    expect(await server.ended).toBe(1);
    expect(server.errors).toContain("no such file or directory");
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends in good order on %s, with a client connected",
    async (signal) => {
      const { server, port } = await startServer();
      const client = new Program("client", "127.0.0.1", port);
      await client.says("established");
      server.child.kill(signal);
      expect(await server.ended).toBe(0);
      await client.says("Connection lost.");
      client.child.stdin?.end();
      expect(await client.ended).toBe(0);
    },
  );

  it.skipIf(!hasPython)(
    "talks with a stranger's client in Python (skipped where there is no python3)",
    async () => {
      const { port } = await startServer("--file", "stranger.txt");
      const heard = execFileSync("python3", [join(import.meta.dirname, "stranger.py"), port], {
        encoding: "utf8",
        env: { ...process.env, PYTHONIOENCODING: "utf-8" },
      });
      expect(heard.split("\n")).toEqual([
        "Connection with the server established!",
        "Hello! How are you?",
        "Message saved!",
        "Message saved!",
        "Noooo don't go awayyyyy...",
        "end",
        "",
      ]);
      expect(readFileSync(join(folder, "stranger.txt"), "utf8")).toBe("caffè\ntire\n");
    },
  );
});

describe("the client", () => {
  it("prints every answer to what came through a pipe before it leaves", async () => {
    const { port } = await startServer("--file", "pipe.txt");
    const client = new Program("client", "127.0.0.1", port);
    client.types("hello", "write: tire", "what?", "goodbye");
    client.child.stdin?.end();
    expect(await client.ended).toBe(0);
    // Whether it still sees the server close is a matter of luck: it leaves when all has been answered.
    expect(client.out.split("\n").slice(0, 5)).toEqual([
      "Connection with the server established!",
      "Hello! How are you?",
      "Message saved!",
      "I understand: hello, goodbye, write: <text>",
      "Noooo don't go awayyyyy...",
    ]);
  });

  it("says that there is no connection for a line, and has one again after `reconnect`", async () => {
    const { port } = await startServer("--file", "again.txt");
    const client = new Program("client", "127.0.0.1", port);
    client.types("goodbye");
    await client.says("Connection lost.");
    client.types("write: into the void");
    await client.says("Cannot send: there is no connection");
    client.types("reconnect", "write: again", "exit");
    expect(await client.ended).toBe(0);
    expect(client.out.match(/established/g)).toHaveLength(2);
    expect(readFileSync(join(folder, "again.txt"), "utf8")).toBe("again\n");
  });

  it("says that it could not connect, and can try again", async () => {
    const { server, port } = await startServer();
    server.child.kill();
    await server.ended;
    const client = new Program("client", "127.0.0.1", port);
    await client.says("Connection failed.");
    client.types("hello");
    await client.says("Cannot send: there is no connection");
    const again = new Program("server", port);
    await again.says("Listening");
    client.types("reconnect", "hello", "exit");
    expect(await client.ended).toBe(0);
    expect(client.out).toContain("Hello! How are you?");
  });

  it("leaves a connection that has gone silent when it is told to reconnect", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const where = silent.address();
    const port = String(where instanceof Object ? where.port : 0);
    const client = new Program("client", "127.0.0.1", port);
    await once(silent, "connection");
    client.types("hello", "reconnect");
    await once(silent, "connection");
    client.types("exit");
    expect(await client.ended).toBe(0);
    silent.close();
  });

  it("tells its usage when called wrongly, and exits with 2", async () => {
    const client = new Program("client", "a", "b");
    expect(await client.ended).toBe(2);
    expect(client.errors).toContain("Usage: npm run greeter:client -- [host] [port]");
  });
});
