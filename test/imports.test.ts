/** Imports point one way: what the map in ARCHITECTURE.md says, held against every source file. */
import { globSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

/** Which packages of ours each package may import. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  reactor: [],
  commands: ["reactor"],
  contract: ["commands"],
  disks: ["commands", "contract"],
  station: ["commands", "contract", "disks", "reactor"],
  cli: ["commands", "contract", "reactor"],
  web: ["commands", "contract", "reactor"],
};

/** Sources that run in a browser too. */
const runsInBrowser = [
  "packages/contract/src/",
  "packages/commands/src/",
  "packages/web/src/",
  "packages/reactor/src/client-service.ts",
  "packages/reactor/src/backoff.ts",
  "packages/reactor/src/system-clock.ts",
  "packages/reactor/src/system-random.ts",
];
/** The parts of commands that have an entry of their own, for programs of Node. */
const notForBrowsers = new Set(
  ["lines", "file-outbox", "token-proof"].map((name) => `packages/commands/src/${name}.ts`),
);

interface Import {
  readonly file: string;
  readonly from: string;
  readonly isTypeOnly: boolean;
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const isTest = (file: string): boolean => /\.test\.tsx?$|\/(testing|test-programs)\//.test(file);
const isOurs = (from: string): boolean => from.startsWith("@trofie/") || from === "trofie";

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8").replaceAll(/\/\*[^]*?\*\//g, "");
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm,
  );
  return [...statements].map(([, type, from, dynamic]) => ({
    file,
    from: from ?? dynamic!,
    isTypeOnly: type !== undefined,
  }));
}

const files = globSync("packages/*/src/**/*.{ts,tsx}", { cwd: root });
const imports = files.filter((file) => !isTest(file)).flatMap(importsOf);

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(join(root, `packages/${name}/package.json`), "utf8")) as Manifest;
}

/** "@scope/name/part" and "name/part" without the part. */
function nameOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

test("there is something to look at", () => {
  expect(imports.length).toBeGreaterThan(300);
});

describe.each(Object.entries(mayImport))("%s", (name, allowed) => {
  const own = imports.filter(({ file }) => file.startsWith(`packages/${name}/`));

  test("imports only the packages that the map allows", () => {
    const ours = own.filter(({ from }) => isOurs(from));
    expect(ours.filter(({ from }) => !allowed.includes(nameOf(from).replace("@trofie/", "")))).toEqual([]);
  });

  test("stays within its own folder otherwise", () => {
    const leaves = ({ file, from }: Import): boolean =>
      from.startsWith(".") && !normalize(join(file, "..", from)).startsWith(`packages/${name}/`);
    expect(own.filter(leaves)).toEqual([]);
  });

  test("names what it imports in its manifest", () => {
    const { dependencies, devDependencies } = manifestOf(name);
    const isBuilt = name === "web"; // what a bundle is made of is not needed at run time
    const named = { ...dependencies, ...(isBuilt ? devDependencies : {}) };
    const needed = own.filter(({ from, isTypeOnly }) => !isTypeOnly && !/^(\.|node:)/.test(from));
    expect(needed.filter(({ from }) => !(nameOf(from) in named))).toEqual([]);
  });
});

test("reactor, commands and disks need nobody else's packages at run time", () => {
  for (const name of ["reactor", "commands", "disks"])
    expect(Object.keys(manifestOf(name).dependencies ?? {}).filter((from) => !isOurs(from))).toEqual([]);
});

test("what runs in a browser imports nothing of Node", () => {
  const inBrowser = imports.filter(
    ({ file }) => runsInBrowser.some((start) => file.startsWith(start)) && !notForBrowsers.has(file),
  );
  const isOfNode = ({ from }: Import): boolean => from.startsWith("node:") || from === "@trofie/reactor";
  expect(inBrowser.filter((found) => !found.isTypeOnly && isOfNode(found))).toEqual([]);
});

test("the terminal starts the station as a program, in one place", () => {
  const starting = files.filter((file) =>
    readFileSync(join(root, file), "utf8").includes('resolve("@trofie/station'),
  );
  expect(starting).toEqual(["packages/cli/src/station-command.ts"]);
});
