/** `npm start`, without the set-up before it: what a newcomer sees. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { endOf, jsonLines, type Ended } from "./steps/station-process.ts";

const root = join(import.meta.dirname, "..");

let home: string;
let socket: string;
const demos = new Set<ChildProcess>();

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "trofie-demo-"));
  socket = join(home, "run/station.sock");
});

afterEach(async () => {
  for (const demo of demos) {
    demo.kill("SIGTERM");
    if (demo.exitCode === null && demo.signalCode === null) await once(demo, "exit");
  }
  demos.clear();
  await stationIsGone();
  rmSync(home, { recursive: true });
});

/** As `npm start` does, with folders of its own, so that a real station on this machine is left alone. */
function startDemo(...more: string[]): ChildProcess {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  const [program, ...args] = scripts.start.split(" ");
  expect(program).toBe("node");
  const env = {
    ...process.env,
    npm_command: "start",
    TROFIE_STATE: join(home, "state"),
    TROFIE_SOCKET: socket,
  };
  const demo = spawn(process.execPath, [...args, ...more], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  demos.add(demo);
  return demo;
}

/** Resolves with all that the demo has written when this text is among it. */
async function said(demo: ChildProcess, text: string): Promise<string> {
  let output = "";
  while (!output.includes(text)) output += String((await once(demo.stdout!, "data")) as unknown[]);
  return output;
}

async function stationIsGone(): Promise<void> {
  await expect.poll(() => existsSync(socket), { timeout: 20_000 }).toBe(false);
}

const practice = (): string => join(home, "state/demo/practice/practice-1");
const isErased = (): boolean => readFileSync(practice()).every((byte) => byte === 0);

test("the demo erases a practice disk, says where everything is, serves, and ends at a signal", async () => {
  const demo = startDemo();
  const output = await said(demo, "Ctrl-C ends the station.");
  expect(output).toContain("practice-1: erased.");
  expect(output).toContain("268 MB read back, none differs");
  expect(output).toMatch(/http:\/\/127\.0\.0\.1:\d+\/enter\//);
  expect(output).toMatch(/npx trofie devices/);
  expect(output).toMatch(/npx trofie methods/);
  expect(output).not.toContain("\u001B");
  const report = /The report: (.+)/.exec(output)![1]!;
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ job: { state: "erased" } });
  expect(isErased()).toBe(true);
  demo.kill("SIGTERM");
  const [code] = (await once(demo, "exit")) as [number];
  expect(code).toBe(0);
  expect(existsSync(socket)).toBe(false);
});

test("a second demo beside a running one says so, and writes to no disk of the first", async () => {
  await said(startDemo(), "Ctrl-C ends the station.");
  const second: Ended = await endOf(startDemo());
  expect(second.stderr).toContain("another station is using this state folder");
  expect(second.code).toBe(1);
  expect(isErased()).toBe(true);
});

test("a demo that nobody reads any more ends without a word, and its station with it", async () => {
  const demo = startDemo();
  let complaints = "";
  demo.stderr!.on("data", (data: Buffer) => (complaints += data.toString()));
  await said(demo, "Started a station");
  demo.stdout!.destroy();
  await once(demo, "exit");
  expect(existsSync(socket)).toBe(false);
  expect(complaints).toBe("");
});

test("the station of a demo that was killed ends too", async () => {
  const demo = startDemo();
  await said(demo, "Ctrl-C ends the station.");
  demo.kill("SIGKILL");
  await stationIsGone();
});

test("for a script the demo speaks JSON only", async () => {
  const demo = startDemo("--json");
  const kinds: string[] = [];
  for await (const line of jsonLines(demo)) {
    const [kind] = Object.keys(line);
    if (kind !== kinds.at(-1)) kinds.push(kind!);
    if (kind === "report") break;
  }
  expect(kinds.filter((kind) => !["progress", "state"].includes(kind))).toEqual([
    "listening",
    "practice",
    "plan",
    "job",
    "result",
    "report",
  ]);
});
