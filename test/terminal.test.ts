/** The terminal's program against a real station, with real loop devices. */
import { once } from "node:events";
import { readFileSync, symlinkSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isInstalled, LoopWorkshop, run, whyNoLoops } from "../packages/disks/src/testing/loop-device.ts";
import { endOf, jsonLines, Workplace, type Listening } from "./steps/station-process.ts";

const MiB = 1024 * 1024;
const noLoops = whyNoLoops();

let place: Workplace;
let listening: Listening;

beforeAll(async () => {
  place = new Workplace();
  place.practiceDisk("one", 8 * MiB);
  symlinkSync("/etc/hostname", join(place.practice, "link"));
  ({ listening } = await place.start());
});

afterAll(() => place[Symbol.asyncDispose]());

const isZero = (path: string): boolean => readFileSync(path).every((byte) => byte === 0);

describe("trofie", () => {
  test("lists devices, with why one cannot be erased", async () => {
    const { code, stdout } = await place.trofie("devices");
    expect(code).toBe(0);
    expect(stdout).toMatch(/DEVICE.+ERASABLE/);
    expect(stdout).toMatch(/practice\/one .+ 8\.39 MB .+ yes/);
    expect(stdout).toMatch(/no: /);
  });

  test("erases a practice disk in a script, says so, and the bytes are gone", async () => {
    const path = place.practiceDisk("two", 8 * MiB);
    const { code, stdout } = await place.trofie(
      "erase",
      path,
      "--method",
      "zero",
      "--confirm",
      "two",
      "--wait",
    );
    expect(stdout).toContain("Zeros");
    expect(stdout).toMatch(/two: erased/);
    expect(code).toBe(0);
    expect(isZero(path)).toBe(true);
  });

  test("speaks JSON: the plan, the job, progress, the result", async () => {
    const path = place.practiceDisk("three", 8 * MiB);
    const args = ["erase", path, "--method", "zero", "--confirm", "three", "--wait", "--json"];
    const lines: Record<string, unknown>[] = [];
    for await (const line of jsonLines(place.spawnTrofie(args))) lines.push(line);
    expect(lines[0]).toMatchObject({
      plan: { path, confirm: { word: "three" } },
      hash: expect.any(String) as string,
    });
    expect(lines[1]).toMatchObject({ job: expect.stringMatching(/^j_/) as string });
    expect(lines.at(-1)).toMatchObject({
      result: {
        kind: "erase",
        state: "erased",
        title: "Zeros, one pass",
        report: { findings: { passes: [{ verification: { bytesRead: 8 * MiB, mismatchedBytes: 0 } }] } },
      },
    });
  });

  test("keeps a report of each job, made of the journal", async () => {
    const path = place.practiceDisk("four", MiB);
    await place.trofie("erase", path, "--method", "zero", "--confirm", "four", "--wait");
    const { stdout } = await place.trofie("jobs", "--json");
    const { jobs } = JSON.parse(stdout) as { jobs: { id: string }[] };
    const report: unknown = JSON.parse(
      readFileSync(join(listening.reportsPath, `${jobs[0]!.id}.json`), "utf8"),
    );
    expect(report).toMatchObject({ job: jobs[0], plan: { path } });
  });

  test("without a terminal asks for the word on the command line", async () => {
    const { code, stderr } = await place.trofie("erase", "one", "--method", "zero");
    expect([code, stderr]).toEqual([
      2,
      "Cannot ask for the word: there is no terminal (give it with --confirm)\n",
    ]);
  });

  test("on a terminal shows the plan, asks until the word is right, shows how it ended", async () => {
    const path = place.practiceDisk("typed", 8 * MiB);
    const terminal = place.spawnOnTerminal(["erase", "typed", "--method", "zero", "--wait"]);
    let shown = "";
    const until = async (text: string): Promise<void> => {
      while (!shown.includes(text)) shown += String((await once(terminal.stdout!, "data")) as unknown[]);
    };
    await until("to leave it:");
    expect(shown).toContain(`Erase ${path}`);
    terminal.stdin!.write("wrong\r");
    await until("That is not typed");
    terminal.stdin!.write(`${"\u007F".repeat("wrong".length)}typed\r`);
    await until("typed: erased.");
    const [code] = (await once(terminal, "exit")) as [number];
    expect(code).toBe(0);
    expect(isZero(path)).toBe(true);
  });

  test("on a terminal leaves the disk alone when nothing is typed", async () => {
    const path = place.practiceDisk("untyped", MiB);
    const terminal = place.spawnOnTerminal(["erase", "untyped", "--method", "zero"]);
    let shown = "";
    while (!shown.includes("to leave it:")) shown += String(await once(terminal.stdout!, "data"));
    terminal.stdin!.write("\r");
    terminal.stdout!.resume();
    const [code] = (await once(terminal, "exit")) as [number];
    expect(code).toBe(5);
    expect(readFileSync(path).every((byte) => byte === 0xbe)).toBe(true);
  });

  test.each([
    ["the wrong word", ["erase", "one", "--method", "zero", "--confirm", "no"], 4, /the word to type is/],
    [
      "no such device",
      ["erase", "/dev/none", "--method", "zero"],
      4,
      /Cannot erase \/dev\/none: there is no such device/,
    ],
    ["no such method", ["erase", "one", "--method", "magic"], 4, /magic/],
    ["a regular file elsewhere", ["erase", "/etc/hostname", "--method", "zero"], 4, /\/etc\/hostname/],
    ["a relative path", ["erase", "../state/token", "--method", "zero"], 4, /there is no such device/],
    [
      "a link out of the practice folder",
      ["erase", "link", "--method", "zero"],
      4,
      /outside the practice folder/,
    ],
    ["no such job", ["stop", "j_none"], 4, /Cannot find job j_none/],
    ["no such command", ["explode"], 2, /unknown command 'explode'/],
    ["no method", ["erase", "one"], 2, /required option '--method/],
    ["no such address", ["devices", "--station", "ftp:somewhere"], 2, /write unix:PATH or tcp:HOST:PORT/],
    [
      "no station there",
      ["devices", "--station", "unix:/nonexistent/sock"],
      3,
      /Cannot reach the station .* \(start one with: (npx )?trofie station\)/,
    ],
    [
      "a machine far away",
      ["devices", "--station", "tcp:192.0.2.2:9"],
      2,
      /192\.0\.2\.2 is beyond this machine/,
    ],
    [
      "a name of one",
      ["devices", "--station", "tcp:evil.example:9"],
      2,
      /evil\.example is beyond this machine/,
    ],
    ["no device", ["erase", "", "--method", "zero"], 4, /^Cannot erase '': no device is named\n$/],
    [
      "a path in place of an image's name",
      ["image", "read", "one", "../x.img"],
      4,
      /^Cannot read one into \.\.\/x\.img: an image is a file's name in the station's folder of images\n$/,
    ],
    ["nobody at the port", ["devices", "--station", "tcp:127.0.0.1:1"], 3, /Cannot reach the station/],
  ])("given %s says so and ends with its code", async (_, args, code, sentence) => {
    const ended = await place.trofie(...args);
    expect(ended.stderr).toMatch(sentence);
    expect(ended.code).toBe(code);
  });

  test.each([
    [["--json", "stop", "j_none"], 4, "JOB_NOT_FOUND", /Cannot find job j_none/],
    [["--json", "explode"], 2, null, /unknown command 'explode'/],
    [["explode", "--json"], 2, null, /unknown command 'explode'/],
    [["--json"], 2, null, /there is no command/],
    [["--json", "erase", "one"], 2, null, /required option '--method/],
    [["station", "--bogus", "--json"], 2, null, /--bogus/],
    [["station", "--at-once-per-bus", "0", "--json"], 2, null, /0: it is a number from 1 to 9999/],
    [["station", "--state", "/proc/trofie", "--json"], 1, null, /Cannot use the state folder/],
  ])("given %j it says what is wrong in one line of JSON", async (args, exitCode, word, sentence) => {
    const { code, stdout, stderr } = await place.trofie(...args);
    expect([code, stdout]).toEqual([exitCode, ""]);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(stderr)).toEqual({
      error: { code: word, message: expect.stringMatching(sentence) as string },
    });
  });

  test("shows its tables on a terminal of 80 columns without a line too long, and whole to a program", async () => {
    const shown = await endOf(place.spawnOnTerminal(["devices"]));
    const lines = shown.stdout.trim().split(/\r?\n/);
    expect(lines.length).toBeGreaterThan(1);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(shown.stdout).toMatch(/^one +practice/m);
    await place.trofie("erase", "one", "--method", "zero", "--confirm", "one", "--wait");
    const jobs = (await endOf(place.spawnOnTerminal(["jobs"]))).stdout;
    expect(Math.max(...jobs.split(/\r?\n/).map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(jobs).toMatch(/^erased +one +j_[-\da-f]{36}/m);
    const { stdout } = await place.trofie("jobs");
    expect(stdout).toContain(join(place.practice, "one"));
  });

  test("ends without a word when nobody reads its output any more", async () => {
    const devices = place.spawnTrofie(["devices"]);
    devices.stdout!.destroy();
    const { code, stderr } = await endOf(devices);
    expect([code, stderr]).toEqual([141, ""]);
  });

  test.each([
    ["", "trofie"],
    ["exec", "npx trofie"],
  ])("names itself as it was started (npm's command: %j)", async (npm_command, name) => {
    const args = ["erase", place.practiceDisk("named", MiB), "--method", "zero", "--confirm", "named"];
    const { stdout } = await endOf(place.spawnTrofie(args, { npm_command }));
    expect(stdout).toContain(`See it with: ${name} watch j_`);
  });

  test("says at once which station it watches, though nothing happens there", async () => {
    const watching = place.spawnTrofie(["watch"]);
    let shown = "";
    while (!shown.includes("\n")) shown += String(await once(watching.stdout!, "data"));
    expect(shown).toMatch(new RegExp(`^Watching trofie .+ on .+ at unix:${place.socket}, until Ctrl-C\n`));
    watching.kill();
  });

  test("finds the token of the station on this machine by itself, and shows it to nobody else", async () => {
    const { tcp } = listening;
    const own = { TROFIE_STATE: place.state, TROFIE_TOKEN: "" };
    const asking = place.spawnTrofie(
      ["devices", "--station", `tcp:${tcp.replace("127.0.0.1", "localhost")}`],
      own,
    );
    expect((await endOf(asking)).code).toBe(0);

    const token = readFileSync(listening.tokenPath, "utf8");
    let heard = "";
    const stranger = createServer((socket) => {
      socket.on("data", (data) => {
        heard += data.toString();
        socket.destroy();
      });
      const greeting = {
        jsonrpc: "2.0",
        method: "station.greet",
        params: { proto: [1], station: "x", auth: [] },
      };
      socket.write(`${JSON.stringify(greeting)}\n`);
    }).listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const { port } = stranger.address() as AddressInfo;
    await endOf(place.spawnTrofie(["devices", "--station", `tcp:127.0.0.1:${port}`], own));
    stranger.close();
    expect(heard).toContain("session.open");
    expect(heard).not.toContain(token);
  });

  test("gets in through TCP with the token, and not without", async () => {
    const args = ["devices", "--station", `tcp:${listening.tcp}`];
    const token = readFileSync(listening.tokenPath, "utf8");
    const withToken = await endOf(place.spawnTrofie(args, { TROFIE_TOKEN: token }));
    expect(withToken.code).toBe(0);
    const without = await endOf(place.spawnTrofie(args, { TROFIE_TOKEN: "guess" }));
    expect(without.code).toBe(3);
    expect(without.stderr).toContain("the token is missing or wrong");
  });

  test("prints a link to the page, and shows in its help what its exit codes mean", async () => {
    const page = await place.trofie("page");
    expect(page.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/enter\/[\w-]{22}\n$/);
    const help = await place.trofie("--help");
    expect(help.stdout).toMatch(/Exit codes:\n {2}0 +done/);
    expect(help.code).toBe(0);
  });

  test("watches from another terminal, and sees each step of a job", async () => {
    const path = place.practiceDisk("watched", MiB);
    const watching = place.spawnTrofie(["watch", "--json"]);
    const types: string[] = [];
    for await (const line of jsonLines(watching)) {
      if ("snapshot" in line) void place.trofie("erase", path, "--method", "zero", "--confirm", "watched");
      const event = line.event as { type: string; body: { path: string } } | undefined;
      if (event?.body.path !== path || !event.type.startsWith("job.")) continue;
      types.push(event.type);
      if (event.type === "job.ended") break;
    }
    watching.kill();
    expect(types).toEqual(["job.accepted", "job.started", "job.verifying", "job.ended"]);
  });
});

describe.skipIf(noLoops)(`a loop device${noLoops ? ` (skipped: ${noLoops})` : ""}`, () => {
  let loops: LoopWorkshop;

  beforeAll(() => {
    loops = new LoopWorkshop();
  });

  afterAll(() => loops.removeAll());

  test("is erased by its bare name, and another tool agrees", async () => {
    const file = loops.makeFile(24 * MiB);
    const device = loops.attach(file, "--direct-io=on");
    const name = device.slice("/dev/".length);
    const { code, stdout } = await place.trofie(
      "erase",
      name,
      "--method",
      "zero",
      "--confirm",
      name,
      "--wait",
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${device}: erased`)]);
    run("cmp", "--bytes", String(24 * MiB), device, "/dev/zero");
  });

  test.skipIf(!isInstalled("mkfs.ext4"))(
    "that is mounted is refused, and not a byte of it changes",
    async () => {
      const file = loops.makeFile(16 * MiB);
      const device = loops.attach(file);
      run("mkfs.ext4", "-q", device);
      const point = join(loops.folder, "mounted");
      run("mkdir", point);
      loops.mount(device, point);
      const { code, stderr } = await place.trofie("erase", device, "--method", "zero", "--confirm", "x");
      expect([code, stderr]).toEqual([4, `Cannot erase ${device}: it is mounted at ${point}\n`]);
      run("sync");
      expect(run("blkid", "-o", "value", "-s", "TYPE", device)).toBe("ext4");
    },
  );
});
