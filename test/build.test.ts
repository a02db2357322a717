/** The packages as they are published: compiled, and found without the condition that leads to the sources. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const execute = promisify(execFile);

test("the packages compile, and the compiled program runs without their sources", async () => {
  await execute("npm", ["run", "--silent", "build"], { cwd: root });
  const show = `import.meta.resolve("@trofie/station/main") + " " + (await import("@trofie/contract")).tokenFile`;
  const asked = await execute(process.execPath, ["--input-type=module", "-e", `console.log(${show})`], {
    cwd: root,
  });
  expect(asked.stdout).toMatch(/packages\/station\/dist\/main\.js token\n$/);
  const folder = mkdtempSync(join(tmpdir(), "trofie-published-"));
  try {
    for (const part of ["bin", "dist", "package.json"])
      cpSync(join(root, "packages/cli", part), join(folder, part), { recursive: true });
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const version = await execute(process.execPath, [join(folder, "bin/trofie.js"), "--version"]);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the published reactor serves in the main thread, in a thread of its own, and in several", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trofie-published-"));
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "echo.mjs"), echo);
    writeFileSync(join(folder, "main.mjs"), program);
    const ran = await execute(process.execPath, [join(folder, "main.mjs")]);
    expect(ran.stdout).toBe("hello from a thread\n42\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const echo = `
import { Factory, LineOnlyReceiver } from "@trofie/reactor";
class Echo extends LineOnlyReceiver {
  lineReceived(line) { this.sendLine(line); }
}
export default class EchoFactory extends Factory { protocol = Echo; }
export class Client extends LineOnlyReceiver {
  lineReceived(line) { return this.factory.update(line); }
}
export const answer = () => 42;
`;

const program = `
import { once } from "node:events";
import { listenInThreads, ReactorThread, runInWorker } from "@trofie/reactor";
import { writeFileSync } from "node:fs";
const url = new URL("./echo.mjs", import.meta.url);
writeFileSync(new URL("./client.mjs", import.meta.url), 'export { Client as default } from "./echo.mjs";');
const port = await listenInThreads("tcp:0", { factory: url, threads: 2 });
const protocol = new URL("./client.mjs", import.meta.url);
const thread = new ReactorThread({ protocol, host: "127.0.0.1", port: port.address.port });
await thread.start();
await once(thread, "connected");
const heard = once(thread, "line");
await thread.send("hello from a thread");
console.log((await heard)[0]);
console.log(await runInWorker(url, "answer", []));
await thread.stop();
await port.stop();
`;
