/** What the pages of the reactor say is true: snippets compile, each step of the tutorial runs, and what is named exists. */
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Factory, Layer, layered } from "@trofie/reactor";
import { MemoryReactor, Recorder, settle, utf8 } from "@trofie/reactor/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contextOf, filesOfExamples } from "./docs-steps/docstring-context.ts";
import {
  root,
  sectionsOf,
  type Section,
  type Snippet,
  snippetsOfDocstrings,
  snippetsOfPage,
} from "./docs-steps/snippets.ts";
import { talk } from "./docs-steps/talk.ts";
import { Terminal } from "./docs-steps/terminal.ts";
import { type Module, typeErrorsOf } from "./docs-steps/type-check.ts";

const TUTORIAL = "docs/reactor/tutorial.md";
const README = "packages/reactor/README.md";
/** The port of all pages; each step is run at another one, that is free. */
const PORT = /\b1234\b/g;

const steps: readonly Section[] = [
  ...sectionsOf(TUTORIAL, /^## \d+\. /),
  { title: "The package's page", snippets: snippetsOfPage(README) },
];
const pages = globSync("docs/reactor/*.md", { cwd: root });
const sources = globSync("packages/reactor/src/**/*.ts", { cwd: root, exclude: ["**/*.test.ts"] });
const folder = mkdtempSync(join(tmpdir(), "reactor-docs-"));
const compileCache = join(folder, "compile-cache");

beforeAll(() => {
  mkdirSync(join(folder, "node_modules/@trofie"), { recursive: true });
  symlinkSync(join(root, "packages/reactor"), join(folder, "node_modules/@trofie/reactor"));
  symlinkSync(join(root, "node_modules/@types"), join(folder, "node_modules/@types"));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The files that a reader has after these steps; the README's reader begins anew. */
function filesAfter(index: number): Map<string, Snippet> {
  const read =
    steps[index]!.snippets[0]?.path === README ? steps.slice(index, index + 1) : steps.slice(0, index + 1);
  const written = read.flatMap(({ snippets }) => snippets).filter(({ file }) => file !== undefined);
  return new Map(written.map((snippet) => [snippet.file!, snippet]));
}

function modulesOfSteps(): Module[] {
  return steps.flatMap((_, index) =>
    [...filesAfter(index)]
      .filter(([file]) => file.endsWith(".ts"))
      .map(([file, snippet]) => ({
        snippet,
        path: `types-${index}/${file}`,
        text: snippet.text,
        linesBefore: 0,
      })),
  );
}

function modulesOfSnippets(): Module[] {
  const ofSteps = steps.flatMap(({ snippets }) => snippets.filter(({ file }) => file !== undefined));
  const isOfStep = ({ path, line }: Snippet) =>
    ofSteps.some((snippet) => snippet.path === path && snippet.line === line);
  const onPages = [...pages, README].flatMap(snippetsOfPage).filter((snippet) => !isOfStep(snippet));
  return [...onPages, ...sources.flatMap(snippetsOfDocstrings)]
    .filter(({ language }) => language === "ts")
    .map((snippet, index) => {
      const isDocstring = snippet.path.endsWith(".ts");
      const { before, after } = isDocstring ? contextOf(snippet) : { before: "", after: "export {};\n" };
      const text = `${before}${snippet.text}${after}`;
      return { snippet, path: `snippets/${index}.ts`, text, linesBefore: before.split("\n").length - 1 };
    });
}

test("all snippets compile against the source", () => {
  mkdirSync(join(folder, "snippets"));
  for (const [name, text] of Object.entries(filesOfExamples))
    writeFileSync(join(folder, "snippets", name), text);
  const modules = [...modulesOfSteps(), ...modulesOfSnippets()];
  expect(modules.filter(({ snippet }) => snippet.path.endsWith(".ts")).length).toBeGreaterThan(10);
  expect(typeErrorsOf(folder, modules)).toEqual([]);
});

describe("every step does what its page says", () => {
  const ports: number[] = [];

  beforeAll(async () => {
    const servers = await Promise.all(steps.map(() => listening()));
    for (const server of servers) {
      ports.push((server.address() as { readonly port: number }).port);
      server.close();
    }
    await using terminal = new Terminal(folder, compileCache);
    const imports = ["@trofie/reactor", "@trofie/reactor/testing"].map((name) => `import "${name}";`);
    writeFileSync(join(folder, "compile-once.ts"), imports.join("\n"));
    await terminal.type("node compile-once.ts");
  });

  test("there are steps", () => {
    expect(steps.length).toBeGreaterThan(10);
  });

  test.concurrent.each(steps.map(({ title }, index) => [title, index] as const))("%s", async (_, index) => {
    const here = join(folder, `step-${index}`);
    const port = ports[index]!;
    const local = (text: string) => text.replaceAll(PORT, String(port));
    for (const [file, { text }] of filesAfter(index)) {
      mkdirSync(dirname(join(here, file)), { recursive: true });
      writeFileSync(join(here, file), local(text));
    }
    await using terminal = new Terminal(here, compileCache);
    for (const { language, file, text } of steps[index]!.snippets) {
      if (file !== undefined) continue;
      if (language === "sh") await terminal.type(local(text));
      if (language === "text") await terminal.expect(local(text));
      if (language === "talk") await talk(port, local(text));
    }
  });
});

function listening(): Promise<Server> {
  const server = createServer().listen(0, "127.0.0.1");
  return once(server, "listening").then(() => server);
}

test("the pages name only files that exist", () => {
  for (const page of [...pages, README]) {
    const text = readFileSync(join(root, page), "utf8");
    const named = [...text.matchAll(/`((?:packages|test|examples)\/[\w/.-]+\.\w+)`/g)].map(
      ([, path]) => path!,
    );
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  }
});

test("what one turn writes is handed to the network as one", async () => {
  const reactor = new MemoryReactor();
  const sizes: number[] = [];
  class Counting extends Layer {
    override write(parts: readonly (string | Uint8Array)[]) {
      sizes.push(parts.reduce((sum, part) => sum + part.length, 0));
      super.write(parts);
    }
  }
  await reactor.listen("tcp:1", Factory.forProtocol(Recorder));
  const factory = layered(Factory.forProtocol(Recorder), (wire) => new Counting(wire));
  const { transport } = await reactor.clock.run(reactor.connect("tcp:1", factory));
  for (let count = 0; count < 100; count++) transport.write(count % 2 ? "text" : utf8("byte"));
  await settle();
  expect(sizes).toEqual([400]);
});
