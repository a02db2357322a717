/** What an example in a docstring takes for granted, so that it can be given to the compiler. */
import * as amp from "@trofie/reactor/amp";
import * as reactor from "@trofie/reactor";
import * as testing from "@trofie/reactor/testing";
import type { Snippet } from "./snippets.ts";

interface Context {
  /** Stands before the example. */
  readonly before?: string;
  /** The class whose members the example is. */
  readonly membersOf?: string;
}

const src = "packages/reactor/src";
const echo = "class Echo extends LineOnlyReceiver {}\n";
const greeter = "class Greeter extends LineOnlyReceiver {}\n";

/** By source file; an example of any other file stands for itself. */
const contexts: Readonly<Record<string, Context>> = {
  [`${src}/factory.ts`]: { before: echo },
  [`${src}/run-main.ts`]: { before: echo },
  [`${src}/keep-connected.ts`]: {
    before: "class Chat extends LineOnlyReceiver {}\ndeclare const reactor: Reactor;\n",
  },
  [`${src}/line-receiver.ts`]: { membersOf: "class Example extends LineReceiver { missingBytes = 0;" },
  [`${src}/stream-protocol.ts`]: { before: 'declare const webServer: import("node:http").Server;\n' },
  [`${src}/threads/reactor-thread.ts`]: {
    before: "class Client extends LineOnlyReceiver { askVersion() { return 1; } }\n",
  },
  [`${src}/testing/string-transport.ts`]: {
    before: `${greeter}const protocol = new Greeter();\ndeclare function expect(value: unknown): { toBe(other: unknown): void };\n`,
  },
  [`${src}/testing/check-protocol.ts`]: { before: `${greeter}declare const it: TestFunction;\n` },
  [`${src}/testing/replay-flight.ts`]: {
    before: `import { readFileSync } from "node:fs";\n${greeter}`,
  },
  [`${src}/testing/memory-network.ts`]: { before: "const clock = new VirtualClock();\n" },
  [`${src}/testing/memory-reactor.ts`]: { before: "class EchoFactory extends Factory<Recorder> {}\n" },
  [`${src}/amp/amp.ts`]: {
    before: `import * as amp from "@trofie/reactor/amp";
const Divide = amp.command({ name: "Divide", args: { numerator: amp.Integer, denominator: amp.Integer }, response: { result: amp.Float } });
declare const calculator: AMP;
`,
  },
  [`${src}/amp/command.ts`]: { before: 'import * as amp from "@trofie/reactor/amp";\n' },
};

/** Files that examples import, by their names. */
export const filesOfExamples: Readonly<Record<string, string>> = {
  "primes.ts": "export function below(most: number): number[] {\n  return [most];\n}\n",
};

/** What stands before and after the example, to make a module of it. */
export function contextOf({ path, text }: Snippet): { readonly before: string; readonly after: string } {
  const { before = "", membersOf } = contexts[path] ?? {};
  const declared = new Set(
    [...`${before}${text}`.matchAll(/(?:class|const|import \* as) (\w+)/g)].map(([, name]) => name),
  );
  const imported = (names: readonly string[], from: string) =>
    `import { ${names.filter((name) => !declared.has(name)).join(", ")} } from ${JSON.stringify(from)};\n`;
  const imports =
    imported(Object.keys(reactor), "@trofie/reactor") +
    imported([...Object.keys(testing), "type TestFunction"], "@trofie/reactor/testing") +
    imported(
      path.includes("/amp/") ? Object.keys(amp).filter((name) => name === "AMP") : [],
      "@trofie/reactor/amp",
    );
  return {
    before: `${imports}${before}${membersOf ?? ""}\n`,
    after: membersOf ? "}\nvoid Example;\n" : "export {};\n",
  };
}
