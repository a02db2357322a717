/** `npm start`, without the set-up before it: what a newcomer sees. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

test("the demo erases a practice disk, says where everything is, serves, and ends at a signal", async () => {
  const home = mkdtempSync(join(tmpdir(), "trofie-demo-"));
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    scripts: { start: string };
  };
  const [program, ...args] = scripts.start.split(" ");
  expect(program).toBe("node");
  // The state and the socket of somebody who is not root, so that a real station on this machine is left alone.
  const env = {
    ...process.env,
    TROFIE_STATE: join(home, "state"),
    TROFIE_SOCKET: join(home, "run/station.sock"),
  };
  const demo = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const said = async (text: string): Promise<void> => {
    while (!output.includes(text)) output += String((await once(demo.stdout, "data")) as unknown[]);
  };
  await said("Ctrl-C ends the station.");
  expect(output).toContain("practice-1: erased.");
  expect(output).toContain("Erased and verified: 268 MB read back, 0 bytes wrong");
  expect(output).toMatch(/http:\/\/127\.0\.0\.1:\d+\/enter\//);
  expect(output).toMatch(/npx trofie devices/);
  expect(output).not.toContain("\u001B");
  const report = /The report: (.+)/.exec(output)![1]!;
  expect(JSON.parse(readFileSync(report, "utf8"))).toMatchObject({ job: { state: "erased" } });
  expect(readFileSync(join(home, "state/demo/practice/practice-1")).every((byte) => byte === 0)).toBe(true);
  demo.kill("SIGTERM");
  const [code] = (await once(demo, "exit")) as [number];
  expect(code).toBe(0);
  expect(existsSync(join(home, "run/station.sock"))).toBe(false);
  rmSync(home, { recursive: true });
});
