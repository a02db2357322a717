import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@trofie/reactor/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStateFolder, tokenOf, type StateFolder } from "./state-folder.ts";

let above: string;
let folder: StateFolder;

beforeEach(() => {
  above = mkdtempSync(join(tmpdir(), "trofie-station-"));
  folder = openStateFolder(join(above, "state"));
});

afterEach(() => rmSync(above, { recursive: true }));

test("the token is made once, for its owner alone", () => {
  const token = tokenOf(folder, seededRandom(1));
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(tokenOf(folder, seededRandom(2))).toBe(token);
  expect(readFileSync(folder.tokenPath, "utf8")).toBe(token);
  expect(statSync(folder.tokenPath).mode & 0o777).toBe(0o600);
});

test("an empty token, of which nobody can know, is replaced", () => {
  writeFileSync(folder.tokenPath, "");
  expect(tokenOf(folder, seededRandom(1))).toMatch(/^[\w-]{43}$/);
});
