/** A conversation of a page, held as with `nc`: what is typed begins with `> `, what is answered with `< `. */
import { once } from "node:events";
import { connect } from "node:net";
import { expect } from "vitest";

/** The last line of a conversation that the server ends. */
const CLOSED = "(closed)";

/** Types and hears all of it. Lines that are typed without an answer between them leave together. */
export async function talk(port: number, script: string): Promise<void> {
  const lines = script.trim().split("\n");
  const answers = lines.filter((line) => line.startsWith("< ")).map((line) => line.slice(2));
  const socket = connect({ host: "127.0.0.1", port });
  let heard = "";
  socket.on("data", (bytes: Buffer) => (heard += bytes.toString()));
  const closed = once(socket, "close");
  let expectedLength = 0;
  for (const turn of turnsOf(lines)) {
    socket.write(turn.typed.map((line) => `${line}\n`).join(""));
    expectedLength += turn.answers
      .map((line) => `${line}\r\n`.length)
      .reduce((sum, length) => sum + length, 0);
    while (heard.length < expectedLength && !socket.closed)
      await Promise.race([once(socket, "data"), closed]);
  }
  if (lines.at(-1) !== CLOSED) socket.end();
  await closed;
  expect(heard).toBe(answers.map((line) => `${line}\r\n`).join(""));
}

interface Turn {
  readonly typed: string[];
  readonly answers: string[];
}

function turnsOf(lines: readonly string[]): Turn[] {
  const turns: Turn[] = [{ typed: [], answers: [] }];
  for (const line of lines) {
    if (line === CLOSED) continue;
    if (line.startsWith("> ") && turns.at(-1)!.answers.length > 0) turns.push({ typed: [], answers: [] });
    const turn = turns.at(-1)!;
    if (line.startsWith("> ")) turn.typed.push(line.slice(2));
    else turn.answers.push(line.slice(2));
  }
  return turns;
}
