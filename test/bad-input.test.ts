/** What a station says to those who do not keep to the rules, and that nobody else is disturbed by them. */
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChildProcess } from "node:child_process";
import { proveToken } from "@trofie/commands/token-proof";
import { systemRandom } from "@trofie/reactor";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { run } from "../packages/disks/src/testing/loop-device.ts";
import { Workplace, type Listening } from "./steps/station-process.ts";

let place: Workplace;
let station: ChildProcess;
let listening: Listening;

beforeAll(async () => {
  place = new Workplace();
  place.practiceDisk("one", 1024 * 1024);
  ({ station, listening } = await place.start());
});

afterAll(() => place[Symbol.asyncDispose]());

/** Somebody who says what they please, and hears lines. */
class Stranger {
  readonly socket: Socket;
  heard = "";

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("error", () => {});
    this.socket.on("data", (data: Buffer) => (this.heard += data.toString()));
  }

  async until(text: string): Promise<void> {
    while (!this.heard.includes(text)) await Promise.race([once(this.socket, "data"), this.#ended(text)]);
  }

  async closed(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, "close");
  }

  say(message: object): void {
    this.socket.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  }

  /** With the token proved for the nonce of the greeting. */
  async open(token: string): Promise<void> {
    await this.until("station.greet");
    const nonce = /"nonce":"(\w+)"/.exec(this.heard)![1]!;
    const { auth } = proveToken(token, systemRandom)(nonce);
    const client = "00000000-0000-4000-8000-000000000001";
    this.say({
      id: 0,
      method: "session.open",
      params: { proto: [1], client, agent: "stranger", auth },
    });
  }

  async #ended(text: string): Promise<never> {
    await once(this.socket, "close");
    throw new Error(`closed without ${text}: ${this.heard}`);
  }
}

const tcpPort = (): number => Number(listening.tcp.split(":")[1]);
const token = (): string => readFileSync(listening.tokenPath, "utf8");

async function insider(): Promise<Stranger> {
  const stranger = new Stranger(tcpPort());
  await stranger.open(token());
  await stranger.until(`"id":0,"result"`);
  return stranger;
}

afterEach(async () => {
  const { code } = await place.trofie("devices");
  expect(code).toBe(0);
});

describe("on the TCP port", () => {
  test("whoever does not have the token is refused and closed", async () => {
    const stranger = new Stranger(tcpPort());
    await stranger.open("");
    await stranger.closed();
    expect(stranger.heard).toContain(`"code":"AUTH_FAILED"`);
    expect(stranger.heard).toContain(`"reason":"auth-failed"`);
    expect(stranger.heard).not.toContain("snapshot");
  });

  test("an unknown method is answered, and the next one too", async () => {
    const stranger = await insider();
    stranger.say({ id: 1, method: "disk.explode", params: {} });
    stranger.say({ id: 2, method: "job.list", params: { limit: 1 } });
    await stranger.until(`"id":2,"result"`);
    expect(stranger.heard).toContain(`"code":"UNKNOWN_METHOD"`);
    stranger.socket.destroy();
  });

  test("bytes that are not UTF-8 are answered, and the connection lives", async () => {
    const stranger = await insider();
    stranger.socket.write(Uint8Array.of(0xc3, 0x28, 0x0a));
    await stranger.until(`"code":"PARSE_ERROR"`);
    stranger.say({ id: 2, method: "job.list", params: { limit: 1 } });
    await stranger.until(`"id":2,"result"`);
    stranger.socket.destroy();
  });

  test("a command cut off in the middle of its line is not carried out", async () => {
    const stranger = await insider();
    stranger.socket.write(`{"jsonrpc":"2.0","id":5,"method":"job.stop","params":{"job":"x"}}`);
    stranger.socket.end();
    await stranger.closed();
    expect(stranger.heard).not.toContain(`"id":5`);
  });

  test("a line of 100 MB ends its connection, and memory grows by less than 2 MiB", async () => {
    const megabyte = Buffer.alloc(1_000_000, 0x61);
    const send = async (megabytes: number): Promise<Stranger> => {
      const stranger = await insider();
      for (let sent = 0; sent < megabytes && stranger.socket.writable; sent += 1)
        if (!stranger.socket.write(megabyte))
          await Promise.race([once(stranger.socket, "drain").catch(() => {}), stranger.closed()]);
      stranger.socket.end();
      await stranger.closed();
      return stranger;
    };
    await send(1); // what the first such line makes a new process load is not what the line costs
    const before = residentKiB();
    await send(100);
    expect(residentKiB() - before).toBeLessThan(2 * 1024);
  });
});

function residentKiB(): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${station.pid}/status`, "utf8"))![1]);
}

describe("at the page", () => {
  const ask = (
    path: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(listening.page);
      const asking = request({ port, host: "127.0.0.1", path, headers, agent: false }, (response) => {
        let body = "";
        response.on("data", (data: Buffer) => (body += data.toString()));
        response.on("end", () => resolve({ status: response.statusCode!, body }));
      });
      asking.on("upgrade", (response, socket) => {
        socket.destroy();
        resolve({ status: response.statusCode!, body: "" });
      });
      asking.on("error", reject);
      asking.end();
    });

  const host = (): string => new URL(listening.page).host;
  const upgrade = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol": "trofie.v1",
  };

  /** A cookie as a browser has it that opened a link. */
  async function cookie(): Promise<string> {
    const { stdout } = await place.trofie("page");
    const response = await fetch(stdout.trim(), { redirect: "manual" });
    expect(response.status).toBe(303);
    return response.headers.get("set-cookie")!.split(";")[0]!;
  }

  test("a foreign Host is refused, with the cookie too", async () => {
    for (const name of ["evil.example", `evil.example:${new URL(listening.page).port}`, "127.0.0.1"])
      expect((await ask("/", { Host: name, Cookie: await cookie() })).status).toBe(421);
  });

  test("nobody sees anything without the cookie", async () => {
    for (const path of ["/", "/index.html", "/session", "/../state/token", "/assets/"]) {
      const { status, body } = await ask(path, { Host: host() });
      expect([path, status, body]).toEqual([path, 401, expect.stringContaining("trofie page") as string]);
    }
  });

  test("a link works once, and is used up by a browser that was let in before too", async () => {
    const { stdout } = await place.trofie("page");
    const headers = { Cookie: await cookie() };
    expect((await fetch(stdout.trim(), { redirect: "manual", headers })).status).toBe(303);
    expect((await fetch(stdout.trim(), { redirect: "manual" })).status).toBe(401);
    expect((await fetch(stdout.trim(), { redirect: "manual", headers })).status).toBe(303);
    expect((await fetch(`http://${host()}/enter/guess`, { redirect: "manual" })).status).toBe(401);
  });

  test("a socket is opened only from the station's own page", async () => {
    const Cookie = await cookie();
    const own = { Host: host(), Cookie, ...upgrade };
    expect((await ask("/session", { ...own, Origin: `http://${host()}` })).status).toBe(101);
    expect((await ask("/session", { ...own, Origin: "http://evil.example" })).status).toBe(403);
    expect((await ask("/session", { ...own, Origin: "null" })).status).toBe(403);
    expect((await ask("/session", own)).status).toBe(403);
    expect(
      (await ask("/session", { ...own, Origin: `http://${host()}`, "Sec-Fetch-Site": "cross-site" })).status,
    ).toBe(403);
    expect((await ask("/session", { ...own, Origin: `http://${host()}`, Cookie: "" })).status).toBe(401);
  });

  test("requests over a socket are answered in their order, though the first takes longest", async () => {
    const headers = { Cookie: await cookie(), Origin: `http://${host()}` };
    // Node's own WebSocket takes headers, which the browser's type does not know.
    const init = { protocols: ["trofie.v1"], headers } as unknown as string[];
    const socket = new WebSocket(`ws://${host()}/session`, init);
    const answered: unknown[] = [];
    const done = Promise.withResolvers<void>();
    const say = (message: object): void => socket.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
    socket.addEventListener("message", ({ data }) => {
      const { method, id } = JSON.parse(String(data)) as { method?: string; id?: number };
      if (method === "station.greet") {
        const client = "00000000-0000-4000-8000-000000000009";
        say({ id: 0, method: "session.open", params: { proto: [1], client, agent: "test", auth: {} } });
        say({ id: 1, method: "erase.plan", params: { path: "one", method: "zero" } });
        say({ id: 2, method: "job.list", params: { limit: 1 } });
        say({ id: 3, method: "device.list", params: {} });
        say({ id: 4, method: "job.list", params: { limit: 1 } });
      }
      if (id !== undefined) answered.push(id);
      if (id === 4) done.resolve();
    });
    await done.promise;
    socket.close();
    expect(answered).toEqual([0, 1, 2, 3, 4]);
  });

  test("every answer forbids what a page of ours never needs", async () => {
    const response = await fetch(`http://${host()}/`, { headers: { Cookie: await cookie() } });
    expect(response.status).toBe(200);
    const policy = response.headers.get("content-security-policy")!;
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(policy).toContain(rule);
    expect(policy).not.toContain("unsafe");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("the cookie cannot be read by scripts nor sent by other sites", async () => {
    const { stdout } = await place.trofie("page");
    const response = await fetch(stdout.trim(), { redirect: "manual" });
    expect(response.headers.get("set-cookie")).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
  });
});

describe("a station that cannot start says why, and ends with 1", () => {
  const expectEnd = async (args: string[], sentence: RegExp): Promise<void> => {
    const { code, stderr } = await place.stationEnds(...args);
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(code).toBe(1);
  };

  test("when another station uses its state folder", async () => {
    const other = join(place.folder, "other.sock");
    await expectEnd(["--socket", other], /another station is using this state folder/);
  });

  test("when another station listens on its socket", async () => {
    await expectEnd(["--state", join(place.folder, "state2")], /Cannot listen on unix:.*station\.sock/);
  });

  test("when its port is in use", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const own = ["--state", join(place.folder, "state3"), "--socket", join(place.folder, "3.sock")];
    await expectEnd([...own, "--port", String(port)], /127\.0\.0\.1:\d+/);
    await expectEnd([...own, "--http", String(port)], /127\.0\.0\.1:\d+: the port is in use/);
    taken.close();
  });

  test("when its state folder is a file", async () => {
    const file = join(place.folder, "file");
    writeFileSync(file, "");
    await expectEnd(["--state", file], /Cannot use the state folder .*: a part of the path is a file/);
    await expectEnd(["--state", join(file, "below")], /a part of the path is a file/);
  });

  test("when its practice folder is not there, or is its state folder", async () => {
    const gone = join(place.folder, "gone");
    const own = ["--state", join(place.folder, "state4"), "--socket", join(place.folder, "4.sock")];
    await expectEnd([...own, "--practice", gone], /Cannot practise in .*\/gone: there is no such folder/);
    mkdirSync(join(place.folder, "state4"));
    await expectEnd([...own, "--practice", join(place.folder, "state4")], /it is the station's state folder/);
  });

  test.skipIf(process.getuid?.() !== 0)(
    "when its folders are somebody else's (needs root, to be somebody else)",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "trofie-theirs-"));
      chmodSync(folder, 0o777);
      mkdirSync(join(folder, "roots"), { mode: 0o777 });
      chmodSync(join(folder, "roots"), 0o777);
      const sentenceOf = async (state: string, socket: string): Promise<string> => {
        const args = ["--state", join(folder, state), "--socket", join(folder, socket)];
        const { code, stderr } = await place.stationOfNobodyEnds(...args);
        expect(code).toBe(1);
        return stderr;
      };
      try {
        expect(await sentenceOf("roots", "nobodys.sock")).toBe(
          `Cannot use the state folder ${folder}/roots: it belongs to somebody else\n`,
        );
        chmodSync(join(folder, "roots"), 0o755);
        expect(await sentenceOf("nobodys", "roots/station.sock")).toBe(
          `Cannot listen on unix:${folder}/roots/station.sock: ${folder}/roots: it is not ours to write\n`,
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  test("when its state folder cannot be made", async () => {
    await expectEnd(
      ["--state", "/proc/trofie"],
      /Cannot use the state folder \/proc\/trofie: it cannot be made/,
    );
  });

  test.skipIf(process.getuid?.() !== 0)(
    "when its state folder is on a read-only file system (needs root)",
    async () => {
      const folder = join(place.folder, "read-only");
      mkdirSync(folder);
      run("mount", "-t", "tmpfs", "-o", "ro", "tmpfs", folder);
      try {
        await expectEnd(
          ["--state", folder],
          /Cannot use the state folder .*: it is on a read-only file system/,
        );
      } finally {
        run("umount", folder);
      }
    },
  );

  test("and with 2 when its command line is wrong", async () => {
    for (const args of [["--port", "70000"], ["--port", "x"], ["--colour"], ["--state"]]) {
      const { code, stderr } = await place.stationEnds(...args);
      expect([args, code]).toEqual([args, 2]);
      expect(stderr).not.toBe("");
    }
  });
});
