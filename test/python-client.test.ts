/**
 * A client in another language, written from docs/protocol.md alone, and a real station: what the page says is enough.
 * A network between them is cut, the client dies, the station dies; there is one job, and everything is told once.
 */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo, type ListenOptions, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ChaosProxy } from "./chaos/chaos-proxy.ts";
import { until } from "./chaos/until.ts";
import { endOf, Workplace, type Ended, type Listening } from "./steps/station-process.ts";

const MiB = 1024 * 1024;
const program = join(import.meta.dirname, "../examples/python/trofie_client.py");

/** Why there can be no such test here, or null. */
function whyNoPython(): string | null {
  const { stdout, error } = spawnSync("python3", ["-c", "import sys; print(sys.version_info >= (3, 11))"]);
  if (error) return "needs python3";
  return stdout.toString().trim() === "True" ? null : "needs Python 3.11";
}

const noPython = whyNoPython();
const skipped = noPython ? ` (skipped: ${noPython})` : "";

/** Programs that have not ended yet: none outlives its test. */
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

/** The Python program at work, with all that it has said. */
class PythonClient implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  said = "";
  readonly #listening = new EventEmitter();

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn("python3", [program, ...args], { env: { ...process.env, ...env } });
    running.add(this.child);
    this.child.once("exit", () => running.delete(this.child));
    this.ended = endOf(this.child);
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on("data", (data: Buffer) => {
        this.said += data.toString();
        this.#listening.emit("heard");
      });
    this.child.once("close", () => this.#listening.emit("ended"));
  }

  /** Resolves when it has said that, so often. */
  async says(words: string, times = 1): Promise<void> {
    const ended = once(this.#listening, "ended").then(() => "ended");
    while (this.said.split(words).length <= times)
      if ((await Promise.race([once(this.#listening, "heard"), ended])) === "ended")
        throw new Error(`it ended and did not say ${words}: ${this.said}`);
  }

  type(words: string): void {
    this.child.stdin!.write(`${words}\n`);
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.kill();
  }
}

/** The numbers of the events that it has printed. */
const numbersIn = (said: string): number[] =>
  [...said.matchAll(/^(\d+) \d{4}-\d\d-\d\dT/gm)].map(([, seq]) => Number(seq));

let place: Workplace;
let station: ChildProcess;
let listening: Listening;
let token: string;

async function startStation(): Promise<void> {
  place = new Workplace();
  place.practiceDisk("one", 8 * MiB);
  ({ station, listening } = await place.start());
  token = readFileSync(listening.tokenPath, "utf8");
}

const overUnix = (): string[] => ["--station", `unix:${place.socket}`, "--memory", memory()];
const memory = (): string => join(place.folder, "memory.json");
const isZero = (name: string): boolean =>
  readFileSync(join(place.practice, name)).every((byte) => byte === 0);

async function jobs(): Promise<{ id: string; state: string }[]> {
  const { stdout } = await place.trofie("jobs", "--json");
  return (JSON.parse(stdout) as { jobs: { id: string; state: string }[] }).jobs;
}

describe.skipIf(noPython)(`a client in Python${skipped}`, () => {
  beforeAll(startStation);
  afterAll(() => place[Symbol.asyncDispose]());

  test.each(["unix", "tcp"])("lists the disks over %s", async (way) => {
    const where = way === "unix" ? `unix:${place.socket}` : `tcp:${listening.tcp}`;
    const { code, stdout } = await new PythonClient(["--station", where, "devices"], { TROFIE_TOKEN: token })
      .ended;
    expect(stdout).toContain(`${join(place.practice, "one")} ${8 * MiB} yes\n`);
    expect(stdout).toMatch(/no: /);
    expect(code).toBe(0);
  });

  test("shows a plan, and changes nothing", async () => {
    const { code, stdout } = await new PythonClient([...overUnix(), "plan", "one", "--method", "zero"]).ended;
    expect(stdout).toContain("Zeros, one pass");
    expect(stdout).toContain("The word to type: one");
    expect([code, isZero("one"), await jobs()]).toEqual([0, false, []]);
  });

  test("erases a disk, and follows the job to its end", async () => {
    place.practiceDisk("two", 8 * MiB);
    const args = [...overUnix(), "erase", "two", "--method", "zero", "--confirm", "two"];
    const { code, stdout, stderr } = await new PythonClient(args).ended;
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/two: erased\. /);
    expect(isZero("two")).toBe(true);
    expect(JSON.parse(readFileSync(memory(), "utf8"))).toMatchObject({ commands: {} });
  });

  test.each([
    ["the wrong word", ["one", "--method", "zero", "--confirm", "no"], "WRONG_CONFIRMATION"],
    ["no such disk", ["none", "--method", "zero"], "DEVICE_NOT_FOUND"],
    ["no such method", ["one", "--method", "magic"], "ERASE_METHOD_NOT_FOUND"],
  ])("given %s is refused with the code of the documentation", async (_, args, code) => {
    const ended = await new PythonClient([...overUnix(), "erase", ...args]).ended;
    expect(ended.stderr).toContain(code);
    expect([ended.code, isZero("one")]).toEqual([4, false]);
  });

  test("is not let in with a wrong token, and says why", async () => {
    const args = ["--station", `tcp:${listening.tcp}`, "devices"];
    const { code, stderr } = await new PythonClient(args, { TROFIE_TOKEN: "guess" }).ended;
    expect(stderr).toContain("AUTH_FAILED");
    expect(code).toBe(3);
  });

  test("leaves a memory that another program uses alone", async () => {
    const args = ["--station", `unix:${place.socket}`, "--memory", join(place.folder, "used.json"), "watch"];
    await using watcher = new PythonClient(args);
    await watcher.says("devices and jobs (first)");
    const { code, stderr } = await new PythonClient(args).ended;
    expect(stderr).toContain("another program uses it");
    expect(code).toBe(3);
  });

  test("says when there is no station", async () => {
    const { code, stderr } = await new PythonClient(["--station", "unix:/nonexistent/sock", "devices"]).ended;
    expect(stderr).toContain("Cannot reach the station at unix:/nonexistent/sock");
    expect(code).toBe(3);
  });
});

describe.skipIf(noPython)(`a client in Python${skipped}`, () => {
  let ending: AsyncDisposableStack;

  beforeEach(async () => {
    ending = new AsyncDisposableStack();
    await startStation();
    ending.use(place);
  });

  afterEach(() => ending.disposeAsync());

  /** A proxy before the station, and a client behind it that has shown a plan and waits for its word. */
  async function atThePrompt(): Promise<{
    proxy: ChaosProxy;
    client: PythonClient;
    again: () => PythonClient;
  }> {
    const at = join(place.folder, "proxy");
    const proxy = ending.use(await ChaosProxy.start({ to: { path: place.socket }, at: { path: at } }));
    const where = ["--station", `unix:${at}`, "--memory", memory()];
    const start = (): PythonClient =>
      ending.use(new PythonClient([...where, "erase", "one", "--method", "zero"]));
    const client = start();
    await client.says("Type it");
    return { proxy, client, again: start };
  }

  /** The command is carried out, and the client does not hear it. */
  async function confirmUnheard(proxy: ChaosProxy, client: PythonClient): Promise<void> {
    proxy.set("to-client", { blackHole: "swallowed" });
    client.type("one");
    while ((await jobs()).length === 0);
  }

  test("whose connection is cut before the verdict sends its command again, and there is one job", async () => {
    const { proxy, client } = await atThePrompt();
    await confirmUnheard(proxy, client);
    await proxy.heal();
    proxy.reset();
    const { code, stdout, stderr } = await client.ended;
    expect(stderr).toMatch(/Connection lost .+\nConnected again\n/);
    expect(stdout).toMatch(/one: erased\. /);
    expect([code, isZero("one")]).toEqual([0, true]);
    expect(await jobs()).toMatchObject([{ state: "erased" }]);
  });

  test("that dies before it hears the verdict hears it when it lives again, and there is one job", async () => {
    const { proxy, client, again } = await atThePrompt();
    await confirmUnheard(proxy, client);
    await client.kill();
    await proxy.heal();
    const [job] = await jobs();
    const { code, stdout } = await again().ended;
    expect(stdout).toContain(`From before: erase.start one: {'job': '${job!.id}', 'replayed': True}`);
    expect(stdout).toMatch(/one: erased\. /);
    expect(code).toBe(0);
    expect(await jobs()).toMatchObject([{ id: job!.id, state: "erased" }]);
  });

  test("that dies before its command arrives takes it back when it lives again", async () => {
    const { proxy, client, again } = await atThePrompt();
    proxy.set("to-server", { blackHole: "swallowed" });
    client.type("one");
    const kept = (): object => (JSON.parse(readFileSync(memory(), "utf8")) as { commands: object }).commands;
    await until(() => Object.keys(kept()).length > 0);
    await client.kill();
    await proxy.heal();
    const next = again();
    await next.says("Type it");
    expect(next.said).toContain("From before: erase.start one: taken back, it was not carried out");
    expect([kept(), await jobs()]).toEqual([{}, []]);
    await next.kill();
    expect(isZero("one")).toBe(false);
  });

  test("hears every event once, in order, on however many connections", async () => {
    await using proxy = await ChaosProxy.start({ to: { port: Number(listening.tcp.split(":")[1]) } });
    const { port } = proxy.at as { port: number };
    await using client = new PythonClient(["--station", `tcp:127.0.0.1:${port}`, "watch"], {
      TROFIE_TOKEN: token,
    });
    await client.says("devices and jobs (first)");
    proxy.set("to-client", { slicer: { pieceBytes: 7 } });
    for (let times = 1; times <= 3; times += 1) {
      const job = await place.startWork("erase", "one", "--method", "zero", "--confirm", "one");
      proxy.reset();
      await client.says(`job.ended ${job}`);
      await client.says("Connected again", times);
    }
    const seqs = numbersIn(client.said);
    expect(seqs).toEqual(seqs.map((_, index) => seqs[0]! + index));
    expect(client.said.match(/job\.ended/g)).toHaveLength(3);
    expect(client.said).not.toContain("WARNING");
  });

  test("goes on when the station was killed in mid-erase and started again", async () => {
    place.sparseDisk("big", 64 * MiB);
    const args = [...overUnix(), "erase", "big", "--method", "gutmann", "--confirm", "big"];
    await using client = new PythonClient(args);
    await client.says("job.started");
    station.kill("SIGKILL");
    await once(station, "exit");
    await client.says("Connection lost");
    await place.start();
    const { code, stdout } = await client.ended;
    expect(stdout).toContain("job.resumed");
    expect(stdout).toMatch(/big: erased\. /);
    expect(code).toBe(0);
    expect(await jobs()).toHaveLength(1);
  });

  test("whose command meets another journal is told to look at the disk, and sends it never again", async () => {
    const { proxy, client } = await atThePrompt();
    await confirmUnheard(proxy, client);
    station.kill("SIGKILL");
    await once(station, "exit");
    rmSync(place.state, { recursive: true });
    await place.start();
    await proxy.heal();
    proxy.reset();
    const { code, stderr } = await client.ended;
    expect(stderr).toContain(
      "WARNING: this journal is not the one we knew (other-journal): look at the disks",
    );
    expect(stderr).toMatch(/EPOCH_CHANGED: .+ look at the disk/);
    expect(code).toBe(4);
    expect(JSON.parse(readFileSync(memory(), "utf8"))).toMatchObject({ commands: {} });
    expect(await jobs()).toEqual([]);
  });
});

type Message = Readonly<Record<string, unknown>>;

const anyWelcome = {
  proto: 1,
  station: "a script",
  role: "admin",
  epoch: "e",
  firstSeq: 1,
  seq: 5,
  head: "h",
  pingMs: 5000,
  deadMs: 15_000,
  features: [],
  wallMs: 0,
};

/** Something that listens like a station: it greets whoever comes, and says what the test says to their `session.open`. */
class Script implements AsyncDisposable {
  /** All that was said to it, by connection. */
  readonly heard: Message[][] = [];
  readonly #server: Server;

  private constructor(
    greeting: object,
    whenOpened: (opening: Message, connection: number) => readonly object[],
  ) {
    this.#server = createServer((socket) => {
      const heard: Message[] = [];
      const connection = this.heard.push(heard);
      tell(socket, { method: "station.greet", params: { proto: [1], station: "a script", ...greeting } });
      socket.on("error", () => {});
      createInterface({ input: socket }).on("line", (line) => {
        const message = JSON.parse(line) as Message;
        heard.push(message);
        if (message.method === "session.open")
          for (const said of whenOpened(message, connection)) tell(socket, said);
      });
    });
  }

  static async listen(
    where: ListenOptions,
    greeting: object,
    whenOpened: (opening: Message, connection: number) => readonly object[] = () => [],
  ): Promise<Script> {
    const script = new Script(greeting, whenOpened);
    script.#server.listen(where);
    await once(script.#server, "listening");
    return script;
  }

  get address(): string {
    const address = this.#server.address() as AddressInfo | string;
    return typeof address === "string" ? `unix:${address}` : `tcp:127.0.0.1:${address.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    await once(this.#server, "close");
  }
}

function tell(socket: Socket, message: object): void {
  socket.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
}

describe.skipIf(noPython)(`a client in Python that has a token${skipped}`, () => {
  const withNonce = { auth: ["token"], nonce: "0".repeat(64) };
  const ownProof = ({ params }: Message): object => (params as { auth: { proof: string } }).auth;
  const meet = (script: Script): Promise<Ended> =>
    new PythonClient(["--station", script.address, "devices"], { TROFIE_TOKEN: "secret" }).ended;
  const tcp = { port: 0, host: "127.0.0.1" };

  test.each([
    ["no proof", () => ({})],
    ["the client's own proof", ownProof],
  ])("asks nothing of who shows %s", async (_, proof) => {
    await using impostor = await Script.listen(tcp, withNonce, (opening) => [
      { id: opening.id, result: { ...anyWelcome, ...proof(opening) } },
    ]);
    const { code, stderr } = await meet(impostor);
    expect(stderr).toContain("it does not have the token");
    expect(code).toBe(3);
    expect(impostor.heard.map((said) => said.map(({ method }) => method))).toEqual([["session.open"]]);
  });

  test.each([
    ["without a nonce", { auth: ["unix"] }, "the station has none"],
    ["with other versions alone", { ...withNonce, proto: [2, 3] }, "it speaks [2, 3], not 1"],
  ])("says not a word to who greets %s", async (_, greeting, sentence) => {
    await using impostor = await Script.listen(tcp, greeting);
    const { code, stderr } = await meet(impostor);
    expect(stderr).toContain(sentence);
    expect([code, impostor.heard]).toEqual([3, [[]]]);
  });
});

describe.skipIf(noPython)(`a client in Python that watches${skipped}`, () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trofie-python-"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  /** An event with the chain's value after it. */
  function event(seq: number, headBefore: string): { method: string; params: { seq: number; head: string } } {
    const told = {
      at: "2026-01-01T00:00:00.000Z",
      body: { ms: 0.000_001_5 },
      job: null,
      seq,
      type: "unheard.of",
    };
    const head = createHash("sha256")
      .update(`${headBefore}${JSON.stringify(told)}`)
      .digest("hex");
    return { method: "event", params: { ...told, head } };
  }

  const snapshot = (items: number): readonly object[] => [
    { method: "snapshot.begin", params: { seq: 5, items, because: "first" } },
    { method: "snapshot.end", params: { seq: 5, head: "h" } },
  ];
  const farewell = { method: "goodbye", params: { reason: "kicked" } };
  const six = event(6, "h");
  const seven = event(7, six.params.head);

  /** What a watcher says, and where it asks to go on, when the station says this on each connection. */
  async function watch(
    ...connections: readonly (readonly object[])[]
  ): Promise<Ended & { resumed: unknown[] }> {
    await using script = await Script.listen(
      { path: join(folder, "socket") },
      { auth: ["unix"] },
      (opening, nth) => [{ id: opening.id, result: anyWelcome }, ...connections[nth - 1]!],
    );
    const ended = await new PythonClient(["--station", script.address, "watch"]).ended;
    const resumed = script.heard.map(([opening]) => (opening!.params as { resume: unknown }).resume);
    return { ...ended, resumed };
  }

  test("comes back for a number that was skipped, and ignores one that was seen", async () => {
    const { code, stdout, resumed } = await watch([...snapshot(0), seven], [six, six, seven, farewell]);
    expect(resumed).toEqual([null, { epoch: "e", since: 5, head: "h" }]);
    expect(numbersIn(stdout)).toEqual([6, 7]);
    expect(code).toBe(3);
  });

  test("does not take a snapshot that was cut short", async () => {
    const { stdout, resumed } = await watch(snapshot(1), [...snapshot(0), farewell]);
    expect(resumed).toEqual([null, null]);
    expect(stdout.match(/0 devices and jobs/g)).toHaveLength(1);
  });

  test("does not believe an event that the chain does not lead to", async () => {
    const { code, stdout, stderr } = await watch([...snapshot(0), event(6, "another")]);
    expect(stderr).toContain("Cannot believe event 6");
    expect([code, numbersIn(stdout)]).toEqual([3, []]);
  });

  test.each(["replaced", "kicked"])("says why it does not come back when it was %s", async (reason) => {
    const goodbye = { method: "goodbye", params: { reason } };
    const { code, stderr } = await watch(...Array.from({ length: 4 }, () => [goodbye]));
    expect(stderr).toContain(`Cannot stay with the station: ${reason}`);
    expect(stderr.match(/Connected again/g) ?? []).toHaveLength(reason === "replaced" ? 3 : 0);
    expect(code).toBe(3);
  });
});
