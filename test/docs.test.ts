/** What the documentation says is true: printed pages are current, links lead somewhere, commands run. */
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exitCodes } from "../packages/cli/src/exit-codes.ts";
import { printDocs } from "../scripts/print-docs.ts";
import { Workplace } from "./steps/station-process.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const pages = globSync(["*.md", "docs/**/*.md", "packages/*/*.md", "examples/**/*.md"], {
  cwd: root,
  exclude: ["**/node_modules/**", "docs/reference/**"], // the latter is made by `npm run reference` and not kept
});

describe.each(pages)("%s", (page) => {
  const text = read(page);

  test("has no link that leads nowhere", () => {
    const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!);
    const broken = links.filter(
      (link) => !/^https?:/.test(link) && !existsSync(join(root, dirname(page), link)),
    );
    expect(broken).toEqual([]);
  });

  test("names only npm scripts and files of the sources that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const run = [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script!);
    expect(run.filter((script) => !(script in scripts))).toEqual([]);
    const files = [...text.matchAll(/`(packages\/[\w./-]+\.\w+)`/g)].map(([, file]) => file!);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

test("the pages that are printed from the code are current", async () => {
  for (const [path, text] of await printDocs()) expect(read(path)).toBe(text);
});

test("the README's table of exit codes is the program's", () => {
  const rows = [...read("README.md").matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, number, meaning]) => [
    Number(number),
    meaning,
  ]);
  expect(rows).toEqual(Object.values(exitCodes).map(({ number, meaning }) => [number, meaning]));
});

test("the README names every Debian package that the set-up installs", () => {
  const installed = [...read("scripts/setup.mjs").matchAll(/^ {2}"\/usr\/.+": "(.+)",$/gm)].map(
    ([, name]) => name!,
  );
  expect(installed.length).toBeGreaterThan(3);
  const { 1: named } = /`(chromium [^`]+)`/.exec(read("README.md"))!;
  expect(named!.split(" ").toSorted()).toEqual(installed.toSorted());
});

describe("the README's look around", () => {
  let place: Workplace;

  const [, section] = /## A first look around\n([^]*?)\n## /.exec(read("README.md"))!;
  const commands = [...section!.matchAll(/^npx trofie (.+)$/gm)].map(([, command]) => command!);
  const files = [...section!.matchAll(/^```json file=(\S+)\n([^]*?)^```$/gm)];

  beforeAll(async () => {
    place = new Workplace();
    for (const name of ["practice-2", "practice-3"]) place.practiceDisk(name, 1024 * 1024);
    for (const [, name, text] of files) writeFileSync(join(place.folder, name!), text!);
    await place.start();
  });

  afterAll(() => place[Symbol.asyncDispose]());

  test("has commands, and a file", () => {
    expect(commands.length).toBeGreaterThan(3);
    expect(files).toHaveLength(1);
  });

  test.each(commands)("trofie %s", async (command) => {
    expect(await place.trofie(...command.split(" "))).toMatchObject({ code: 0, stderr: "" });
  });

  test("names every command of the program, and no other", async () => {
    const { stdout } = await place.trofie("--help");
    const [, list] = /^Commands:\n([^]*?)\n\n/m.exec(stdout)!;
    const known = [...list!.matchAll(/^ {2}([\w-]+)/gm)].map(([, name]) => name!);
    const named = [...section!.matchAll(/^\| (`.+?`) +\|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`(?:trofie )?([\w-]+)/g)].map(([, name]) => name!),
    );
    expect(new Set(named)).toEqual(new Set(known.filter((name) => name !== "help")));
  });
});
