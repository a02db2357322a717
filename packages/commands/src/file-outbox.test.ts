import { appendFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FileOutbox } from "./file-outbox.ts";

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
