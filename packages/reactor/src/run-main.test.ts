import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Factory } from "./factory.ts";
import { Reactor } from "./reactor.ts";
import { Recorder } from "./testing/index.ts";

const program = fileURLToPath(new URL("test-programs/main-program.ts", import.meta.url));

function start(...args: string[]) {
  return spawn(process.execPath, ["--conditions=trofie-source", program, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

describe("a main program", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("ends in good order by %s", async (signal) => {
    const child = start();
    const [first] = (await once(child.stdout, "data")) as [Buffer];
    await using reactor = new Reactor();
    const client = await reactor.connect(`tcp:${first.toString().trim()}`, Factory.forProtocol(Recorder));
    client.transport.write("hello\r\n");
    await client.received(7);
    child.kill(signal);
    expect(await client.lost.promise).toEqual({ kind: "done", by: "peer" });
    expect(await text(child.stdout)).toBe("ended in good order\n");
    await once(child, "exit");
    expect(child.exitCode).toBe(0);
  });

  it("tells an error in one sentence, and fails", async () => {
    const child = start("fail");
    const exit = once(child, "exit");
    expect(await text(child.stderr)).toBe("Cannot go on: told to fail\n");
    await exit;
    expect(child.exitCode).toBe(1);
  });
});
