import { LineOnlyReceiver } from "@trofie/reactor";

/** A guest's end of the chat: prints what comes, and asks one thing at a time. */
export class ChatClient extends LineOnlyReceiver {
  #answered: PromiseWithResolvers<string> | undefined;

  /** Sends a command, and resolves with what the server answers to it. */
  ask(command: string): Promise<string> {
    this.sendLine(command);
    this.#answered = Promise.withResolvers();
    return this.#answered.promise;
  }

  override lineReceived(line: string) {
    console.log(line);
    if (line.startsWith("[") || line.startsWith("Welcome")) return; // Said in a room, or before anything was asked.
    this.#answered?.resolve(line);
  }

  override connectionLost() {
    this.#answered?.reject(new Error("The connection was lost"));
  }
}
