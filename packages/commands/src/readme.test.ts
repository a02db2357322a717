/** What README.md says is true: its snippets compile, its programs say what it says they do. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root, snippetsOfPage } from "../../../test/docs-steps/snippets.ts";
import { Terminal } from "../../../test/docs-steps/terminal.ts";
import { typeErrorsOf } from "../../../test/docs-steps/type-check.ts";

const snippets = snippetsOfPage("packages/commands/README.md");
const folder = mkdtempSync(join(tmpdir(), "commands-readme-"));

beforeAll(() => {
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
  for (const { file, text } of snippets) if (file !== undefined) writeFileSync(join(folder, file), text);
});

afterAll(() => rmSync(folder, { recursive: true }));

test("every snippet of TypeScript is a file that compiles", () => {
  const modules = snippets
    .filter(({ language }) => language === "ts")
    .map((snippet) => ({ snippet, path: snippet.file!, text: snippet.text, linesBefore: 0 }));
  expect(modules.map(({ path }) => path)).toEqual([
    "contract.ts",
    "box-office.ts",
    "server.ts",
    "client.ts",
    "simulate.ts",
  ]);
  expect(typeErrorsOf(folder, modules)).toEqual([]);
});

test("the programs print what is shown", async () => {
  await using terminal = new Terminal(folder, join(folder, "compile-cache"));
  for (const { language, text } of snippets) {
    if (language === "sh") await terminal.type(text);
    if (language === "text") await terminal.expect(text);
  }
});

test("the example finds the mistake that is shown", () => {
  const { text } = snippets.find(({ language }) => language === "console")!;
  const [, command, shown] = /^\$ node (.+)\n([^]*)$/.exec(text)!;
  const words = [...command!.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
  const { stdout, status } = spawnSync(process.execPath, words, { cwd: root, encoding: "utf8" });
  expect(status).toBe(1);
  const broken = /^Seed \d+: .+\nSee it again: node .+ --replay \d+ --flaw ".+"\n$/; // which seed is the wire's affair
  expect(shown).toMatch(broken);
  expect(stdout).toMatch(broken);
});
