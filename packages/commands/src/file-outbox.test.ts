import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DamagedOutboxError, FileOutbox } from "./file-outbox.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trofie-outbox-"));
  path = join(folder, "outbox.jsonl");
});

afterEach(() => rmSync(folder, { recursive: true }));

const command = (cmd: string) => ({ cmd, method: "bread.bake", params: { cmd, kind: "rye" } });

test("commands without a verdict are there for the next life, in their order", () => {
  const outbox = new FileOutbox(path);
  for (const cmd of ["a", "b", "c"]) outbox.save(command(cmd));
  outbox.remove("b");
  expect(new FileOutbox(path).load()).toEqual([command("a"), command("c")]);
});

test("a command whose line was cut by a crash was never sent, and is not there", () => {
  new FileOutbox(path).save(command("a"));
  appendFileSync(path, '{"sent":{"cmd":"b","meth');
  expect(new FileOutbox(path).load()).toEqual([command("a")]);
});

test("the file goes with the last verdict, and comes again with the next command", () => {
  const outbox = new FileOutbox(path);
  outbox.save(command("a"));
  outbox.remove("a");
  expect(existsSync(path)).toBe(false);
  outbox.save(command("b"));
  expect(new FileOutbox(path).load()).toEqual([command("b")]);
});

test("what is kept after a line that a crash has cut is not lost in that line", () => {
  new FileOutbox(path).save(command("a"));
  appendFileSync(path, '{"sent":{"cmd":"b","meth');
  const next = new FileOutbox(path);
  next.save(command("c"));
  next.remove("a");
  expect(new FileOutbox(path).load()).toEqual([command("c")]);
});

test("a command that is kept again takes the place of what was kept of it, with what the program keeps beside it", () => {
  const outbox = new FileOutbox<ReturnType<typeof command> & { isTakenBack: boolean }>(path);
  outbox.save({ ...command("a"), isTakenBack: false });
  outbox.save({ ...command("a"), isTakenBack: true });
  expect(new FileOutbox(path).load()).toEqual([{ ...command("a"), isTakenBack: true }]);
});

test.each([
  ["no JSON", "rubbish\n"],
  ["nothing that an outbox says", "{}\n"],
  ["null", "null\n"],
  ["a command without its parameters", '{"sent":{"cmd":"b","method":"bread.bake"}}\n'],
  ["a command under another id", '{"sent":{"cmd":"b","method":"bread.bake","params":{"cmd":"c"}}}\n'],
])("a file with a line that is %s is not believed, and is left as it is", (_, line) => {
  new FileOutbox(path).save(command("a"));
  appendFileSync(path, line);
  const text = readFileSync(path, "utf8");
  expect(() => new FileOutbox(path)).toThrow(DamagedOutboxError);
  expect(() => new FileOutbox(path)).toThrow(`Cannot read the outbox ${path}: line 2 is damaged`);
  expect(readFileSync(path, "utf8")).toBe(text);
});

test("the file is for its owner alone", () => {
  new FileOutbox(path).save(command("a"));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

const noMount = process.getuid?.() === 0 ? "" : " (skipped: only root can mount a small disk)";

test.skipIf(noMount)(
  `a command that does not fit on the disk is not there for the next life${noMount}`,
  () => {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4k", "tmpfs", folder]);
    try {
      const outbox = new FileOutbox(path);
      outbox.save(command("a"));
      const large = { ...command("b"), params: { cmd: "b", kind: "rye".repeat(4_000) } };
      expect(() => outbox.save(large)).toThrow("ENOSPC");
      expect(new FileOutbox(path).load()).toEqual([command("a")]);
      outbox.save(command("c"));
      expect(new FileOutbox(path).load()).toEqual([command("a"), command("c")]);
    } finally {
      execFileSync("umount", ["--lazy", folder]);
    }
  },
);
