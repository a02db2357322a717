import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isMissing, peers } from "../testing/peers.ts";
import { RunningProgram, startServer } from "../testing/running-program.ts";

const sums = Array.from({ length: 200 }, (_, count) => `${count} + 1`);
const results = sums.map((formula, count) => `${formula} = ${count + 1}`);

function twisted(...args: string[]): RunningProgram {
  return new RunningProgram(peers.python, [join(import.meta.dirname, "twisted_calculator.py"), ...args]);
}

function client(port: string): RunningProgram {
  return RunningProgram.example("calculator/client.ts", "127.0.0.1", port);
}

/** All that the client says to these formulas, typed at once. */
async function answersTo(formulas: readonly string[], port: string): Promise<string[]> {
  await using program = client(port);
  program.child.stdin?.end(formulas.map((formula) => `${formula}\n`).join(""));
  expect(await program.ended).toBe(0);
  return program.out.split("\n").slice(0, -1);
}

describe("the calculator's client and server", () => {
  it("calculate, and tell a declared error from a bug, which spoils one answer only", async () => {
    await using server = await startServer("calculator/server.ts");
    const formulas = ["7 / 2", "1 / 0", "2 ^ -1", "2 ^ 100", "1 + 2 + 3", "-5", "caffè", ...sums];
    const answers = await answersTo(formulas, server.port);
    expect(answers.toSorted()).toEqual(
      [
        "7 / 2 = 3.5",
        "1 / 0: Cannot divide 1 by zero",
        "2 ^ -1: Unknown Error",
        "2 ^ 100 = 1267650600228229401496703205376",
        "1 + 2 + 3 = 6",
        "-5 = -5",
        "caffè: I understand 7 / 2, 2 ^ 10 and 1 + 2 + 3",
        ...results,
      ].toSorted(),
    );
    await server.says(/A bug in the calculator: .+/);
    server.child.kill("SIGINT");
    expect(await server.ended).toBe(0);
  });

  it("say that the server has gone", async () => {
    await using server = await startServer("calculator/server.ts");
    await using program = client(server.port);
    program.types("1 + 1");
    await program.says(/1 \+ 1 = 2/);
    server.child.kill("SIGKILL");
    await server.ended;
    program.types("1 + 2");
    await program.says(/1 \+ 2: Cannot send: .*connection/);
  });

  it("leave on Ctrl-C", async () => {
    await using server = await startServer("calculator/server.ts");
    await using program = client(server.port);
    program.types("1 + 1");
    await program.says(/1 \+ 1 = 2/);
    program.child.kill("SIGINT");
    expect(await program.ended).toBe(0);
  });

  it("say that nobody listens there", async () => {
    await using program = client("1");
    expect(await program.ended).toBe(1);
    expect(program.errors).toMatch(/^Cannot connect to 127\.0\.0\.1:1: .*\n$/);
  });
});

const isSkipped = isMissing("python", "twisted");

describe.skipIf(isSkipped)(
  "the calculator, with Twisted's AMP (skipped where python3-twisted is absent)",
  () => {
    it("answers a client in Twisted, also after a bug", async () => {
      await using server = await startServer("calculator/server.ts");
      await using program = twisted("call", server.port);
      expect(await program.ended).toBe(0);
      expect(JSON.parse(program.out)).toEqual([
        { quotient: 3.5 },
        ["DivisionByZero", "Cannot divide 1 by zero"],
        ["UnknownRemoteError", expect.stringContaining("Unknown Error")],
        { power: 2 ** 100 },
        ...sums.map((_, count) => ({ sum: count + 1 })),
      ]);
    });

    it("calls a server in Twisted", async () => {
      await using server: RunningProgram = twisted("serve");
      const { 1: port } = await server.says(/Listening on 127\.0\.0\.1:(\d+)\n/);
      const formulas = ["7 / 2", "1 / 0", "2 ^ 100", ...sums];
      const answers = await answersTo(formulas, port!);
      expect(answers).toEqual([
        "7 / 2 = 3.5",
        "1 / 0: Cannot divide 1 by zero",
        "2 ^ 100 = 1267650600228229401496703205376",
        ...results,
      ]);
    });
  },
);
