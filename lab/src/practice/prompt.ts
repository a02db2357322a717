import { createInterface } from "node:readline";

/** Lines that somebody types, or pipes in, until the end: `quit`, Ctrl-D, Ctrl-C, or the end of the file. */
export async function* typedLines(prompt: string): AsyncGenerator<string> {
  const reader = createInterface({ input: process.stdin, output: process.stdout, prompt });
  const close = () => reader.close();
  // When lines are piped in, their end is there long before the last of them has been obeyed.
  let isOpen = true;
  reader.on("close", () => (isOpen = false));
  const ask = () => isOpen && reader.prompt();
  reader.on("SIGINT", close);
  process.once("SIGINT", close).once("SIGTERM", close);
  try {
    ask();
    for await (const line of reader) {
      if (line.trim() === "quit") return;
      if (line.trim() !== "") yield line.trim();
      ask();
    }
  } finally {
    close();
  }
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
