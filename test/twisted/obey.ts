import type { Tell, Talker } from "./receivers.ts";

/** Does what a message says, if it is a command; `receivers.py` has the same words. */
export function obey(message: string, talker: Talker, tell: Tell): void {
  const word = message.split(" ", 1)[0]!;
  const rest = message.slice(word.length + 1);
  if (word === "say") talker.send(rest);
  else if (word === "long" && /^\d+$/.test(rest)) sendLong(Number(rest), talker, tell);
  else if (message === "pause" && talker.obeysPause) talker.transport.pauseReading();
  else words[message]?.(talker);
}

const words: Readonly<Record<string, (talker: Talker) => void>> = {
  quit: ({ transport }) => void transport.loseConnection(),
  abort: ({ transport }) => transport.abortConnection(),
  bye(talker) {
    void talker.transport.loseConnection();
    talker.send("no");
  },
};

function sendLong(length: number, talker: Talker, tell: Tell): void {
  try {
    talker.send("x".repeat(length));
  } catch (error) {
    if ((error as Error).name !== "StringTooLongError") throw error;
    tell("refused");
  }
}
