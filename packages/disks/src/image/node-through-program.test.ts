import { expect, test } from "vitest";
import { until } from "./testing/until.ts";
import { ImageError } from "./image-error.ts";
import { throughProgram } from "./node-through-program.ts";

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function all(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts).toString();
}

test("what a program writes comes out, and what goes in may be used again afterwards", async () => {
  const memory = Buffer.alloc(100_000);
  async function* again(): AsyncGenerator<Uint8Array> {
    for (const letter of "abc") yield memory.fill(letter);
  }
  const out = await all(throughProgram({ program: "cat", args: [] }, again()));
  expect(out).toBe(["a", "b", "c"].map((letter) => letter.repeat(100_000)).join(""));
});

test("a program that fails throws its last words, without its name and its file's", async () => {
  const out = throughProgram(
    { program: "xz", args: ["--decompress", "--stdout"] },
    pieces("no archive at all"),
  );
  await expect(all(out)).rejects.toThrow(new ImageError("xz: File format not recognized"));
});

test("a program that is not there is an error, not silence", async () => {
  const out = throughProgram({ program: "no-such-program", args: [] }, pieces("a"));
  await expect(all(out)).rejects.toThrow(new ImageError("no-such-program: it cannot be started (ENOENT)"));
});

test("a program that ends well without having read everything is an error", async () => {
  const more = Array.from({ length: 100 }, () => "x".repeat(65536));
  const out = throughProgram({ program: "head", args: ["--bytes=10"] }, pieces(...more));
  await expect(all(out)).rejects.toBeInstanceOf(ImageError);
});

test("what the input throws is thrown, whatever the program makes of it", async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("a");
    throw new Error("the disk is gone");
  }
  await expect(all(throughProgram({ program: "cat", args: [] }, failing()))).rejects.toThrow(
    "the disk is gone",
  );
});

test("a consumer that leaves early ends the program and the input", async () => {
  let pid = 0;
  let isInputOver = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.alloc(65536);
    } finally {
      isInputOver = true;
    }
  }
  const filter = { program: "sh", args: ["-c", "echo $$; exec cat"] };
  for await (const bytes of throughProgram(filter, endless())) {
    pid = Number(Buffer.from(bytes).toString().split("\n")[0]);
    break;
  }
  expect(isInputOver).toBe(true);
  await until(() => !isThere(pid));
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
