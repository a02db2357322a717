/** A terminal that is killed before the station's answer has come, and the next one, which settles what it has asked. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Job } from "@trofie/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { until } from "./chaos/until.ts";
import { LossyWire, type Loses } from "./steps/lossy-wire.ts";
import { endOf, Workplace, type Ended } from "./steps/station-process.ts";

const MiB = 1024 * 1024;

let place: Workplace;
let wire: LossyWire;
/** Of each test alone. */
let home: string;
let outbox: string;
let one: string;
let two: string;
let count = 0;

beforeAll(async () => {
  place = new Workplace();
  await place.start();
  wire = await LossyWire.start(join(place.folder, "wire"), place.socket);
});

beforeEach(() => {
  count += 1;
  [one, two] = [`one-${count}`, `two-${count}`];
  for (const disk of [one, two]) place.practiceDisk(disk, MiB);
  home = join(place.folder, `home-${count}`);
  outbox = join(home, "outbox");
});

afterAll(async () => {
  await wire[Symbol.asyncDispose]();
  await place[Symbol.asyncDispose]();
});

/** By the wire, and with a home of its own. */
function spawnTrofie(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const station = { TROFIE_STATION: `unix:${join(place.folder, "wire")}` };
  return place.spawnTrofie(args, { ...station, TROFIE_STATE: home, npm_command: "", ...env });
}

const trofie = (...args: string[]): Promise<Ended> => endOf(spawnTrofie(args));

const kept = (): string[] => (existsSync(outbox) ? readdirSync(outbox) : []);

const eraseOf = (disk: string): string[] => ["erase", disk, "--method", "zero", "--confirm", disk];

/** The jobs of this test's disks. Asked from another home, and so without settling anything. */
async function jobs(): Promise<Job[]> {
  const { stdout } = await endOf(place.spawnTrofie(["jobs", "--json"], { TROFIE_STATE: `${home}-other` }));
  const all = (JSON.parse(stdout) as { jobs: Job[] }).jobs;
  return all.filter(({ path }) => [one, two].includes(basename(path)));
}

/** Asks for an erase whose answer does not come, and waits until that is so. */
async function askInVain(loses: Loses, disk = one): Promise<ChildProcess> {
  const before = wire.lost;
  wire.loses = loses;
  const child = spawnTrofie(eraseOf(disk));
  child.stdout!.resume();
  await until(() => wire.lost > before);
  wire.loses = "nothing";
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "close");
}

describe("a terminal that is killed before it has its answer", () => {
  test.each<Loses>(["the command", "the answer"])(
    "has its erase settled by the next one, with exactly one job (lost: %s)",
    async (loses) => {
      await kill(await askInVain(loses));
      expect(kept()).toHaveLength(1);
      const next = await trofie("devices");
      const [job, ...others] = await jobs();
      expect(others).toEqual([]);
      expect(next.stderr).toMatch(
        new RegExp(`^Sent again: erase of \\S+one-\\d+, asked .+ ago: accepted as ${job!.id}\n$`),
      );
      expect([next.code, kept()]).toEqual([0, []]);
      expect(await trofie("devices")).toMatchObject({ stderr: "" });
    },
  );

  test("tells scripts of it in a line of JSON, with the job", async () => {
    await kill(await askInVain("the answer"));
    const { stderr } = await trofie("devices", "--json");
    const [job] = await jobs();
    expect(JSON.parse(stderr)).toEqual({
      earlier: { code: null, message: expect.stringContaining("Sent again") as string, job: job!.id },
    });
  });

  test("keeps what it asks for its owner alone", async () => {
    const child = await askInVain("the command");
    expect(statSync(outbox).mode & 0o777).toBe(0o700);
    expect(statSync(join(outbox, kept()[0]!)).mode & 0o777).toBe(0o600);
    await kill(child);
  });

  test("has nothing started when that was long ago, and says so", async () => {
    await kill(await askInVain("the command"));
    makeOld();
    const { code, stderr } = await trofie("devices");
    expect(stderr).toMatch(
      /^Dropped: erase of \S+one-\d+, asked 3 h ago: it never reached the station, and is not carried out any more; ask anew if you still want it\n$/,
    );
    expect([code, await jobs(), kept()]).toEqual([0, [], []]);
  });
});

describe("a terminal that is left with Ctrl-C before it has its answer", () => {
  test("says what is not known; the next one takes back what never arrived", async () => {
    const child = await askInVain("the command");
    const ended = endOf(child);
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /^Left before the station answered: whether it has taken the erase of \S+one-\d+ is not known\. The next trofie .+\n$/,
    );
    expect((await trofie("devices")).stderr).toMatch(
      /^Dropped: erase of \S+one-\d+, asked .+ ago and left: it never/,
    );
    expect(await jobs()).toEqual([]);
  });

  test("is told by the next one which job there is, when it had arrived", async () => {
    const child = await askInVain("the answer");
    child.kill("SIGINT");
    await once(child, "close");
    const { stderr } = await trofie("devices");
    const [job, ...others] = await jobs();
    expect(others).toEqual([]);
    expect(stderr).toMatch(
      new RegExp(`^Asked after: erase of \\S+one-\\d+, .+ and left: accepted as ${job!.id}\n$`),
    );
  });
});

test("a terminal that could keep nothing does not promise, when it is left, that the next one asks", async () => {
  const before = wire.lost;
  wire.loses = "the command";
  const child = spawnTrofie(eraseOf(one), { TROFIE_STATE: "/proc/trofie" });
  const ended = endOf(child);
  await until(() => wire.lost > before);
  wire.loses = "nothing";
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  expect(stderr).toMatch(/ is not known\. Look for it with: trofie jobs\n$/);
  expect(code).toBe(6);
});

describe("two terminals at once", () => {
  test("let each other's commands be, as long as both live", async () => {
    const waiting = await askInVain("the command");
    const other = await trofie(...eraseOf(two));
    expect([other.code, other.stderr]).toEqual([0, ""]);
    expect(kept()).toHaveLength(1);
    expect((await jobs()).map(({ path }) => path)).toEqual([join(place.practice, two)]);
    await kill(waiting);
  });

  test("settle what dead ones have left once, between them", async () => {
    const left = [await askInVain("the command", one), await askInVain("the command", two)];
    for (const child of left) await kill(child);
    const ended = await Promise.all([trofie("devices"), trofie("jobs"), trofie("devices")]);
    const told = ended.flatMap(({ stderr }) => stderr.split("\n").filter(Boolean)).toSorted();
    expect(told).toEqual([one, two].map((disk) => expect.stringMatching(`^Sent again.+${disk},`) as string));
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect((await jobs()).map(({ path }) => basename(path)).toSorted()).toEqual([one, two]);
    expect(kept()).toEqual([]);
  });

  test("leave what one has taken over and died with to the next", async () => {
    await kill(await askInVain("the command"));
    const before = wire.lost;
    wire.loses = "the command";
    const first = spawnTrofie(["devices"]);
    await until(() => wire.lost > before);
    wire.loses = "nothing";
    await kill(first);
    expect((await trofie("devices")).stderr).toMatch(/^Sent again: erase of \S+one-\d+, .+: accepted as j_/);
    expect(await jobs()).toHaveLength(1);
  });
});

describe("what is kept", () => {
  test("for another station is left to whoever talks to that one", async () => {
    await kill(await askInVain("the command"));
    rewriteKept((line) =>
      line
        .replace(/"epoch":"\w+"/, '"epoch":"e0"')
        .replace(/"address":"[^"]+"/, '"address":"unix:/elsewhere"'),
    );
    const { stderr } = await trofie("devices");
    expect(stderr).toBe("");
    expect(kept()).toHaveLength(1);
  });

  test("and damaged is put aside, whole, with a warning, once", async () => {
    await kill(await askInVain("the command"));
    const [name] = kept();
    rewriteKept((line) => line.replace('"method"', '"meth'));
    const text = readFileSync(join(outbox, name!), "utf8");
    const { code, stderr } = await trofie("devices");
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /^Warning: Cannot read what an earlier trofie has asked .+ put aside as .+\.damaged\. /,
      ),
    ]);
    expect(readFileSync(join(outbox, `${name!}.damaged`), "utf8")).toBe(text);
    expect(await trofie("devices")).toMatchObject({ code: 0, stderr: "" });
  });

  test("for a journal that the station has no more is told of, and not sent", async () => {
    await kill(await askInVain("the command"));
    rewriteKept((line) => line.replace(/"epoch":"\w+"/, '"epoch":"e0"'));
    const { stderr } = await trofie("devices");
    expect(stderr).toMatch(/^Unknown: erase of \S+one-\d+, .+ has another journal .+; look at the disk\n$/);
    expect([await jobs(), kept()]).toEqual([[], []]);
  });
});

test.each(["no folder can be made", "the folder cannot be written"])(
  "where %s a disk can be erased all the same, with a warning",
  async (why) => {
    const state = why === "no folder can be made" ? "/proc/trofie" : place.folder;
    if (state === place.folder) writeFileSync(join(state, "outbox"), "in its place is a file");
    const ended = await endOf(spawnTrofie([...eraseOf(one), "--wait"], { TROFIE_STATE: state }));
    expect(ended.stderr).toMatch(
      new RegExp(
        `^Warning: Cannot keep what is asked in ${state}/outbox: .+\\. It is sent all the same; .+\n$`,
      ),
    );
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/one-\d+: erased/);
  },
);

/** As if it had been asked three hours ago: the time stands in the command's id. */
function makeOld(): void {
  rewriteKept((line) =>
    line.replaceAll(/[\da-f]{8}-[\da-f]{4}(?=-7)/g, (time) => {
      const ms = Number.parseInt(time.replace("-", ""), 16) - 3 * 60 * 60 * 1000;
      const hex = ms.toString(16).padStart(12, "0");
      return `${hex.slice(0, 8)}-${hex.slice(8)}`;
    }),
  );
}

function rewriteKept(change: (text: string) => string): void {
  for (const name of kept()) {
    const path = join(outbox, name);
    writeFileSync(path, change(readFileSync(path, "utf8")));
  }
}
