import type { Transport } from "@trofie/reactor";

/** Does what a message says, if it is a command; `traces.py` has the same words. */
export function obey(message: string, transport: Transport, send: (answer: string) => void): void {
  const [word] = message.split(" ", 1);
  const rest = message.slice(message.indexOf(" ") + 1);
  if (message === "quit") void transport.loseConnection();
  else if (message === "abort") transport.abortConnection();
  else if (message === "bye") {
    void transport.loseConnection();
    send("too late");
  } else if (word === "say") send(message === "say" ? "" : rest);
  else if (word === "long" && /^\d+$/.test(rest)) send("x".repeat(Number(rest)));
}
