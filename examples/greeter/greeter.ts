import { asError, Factory, LineOnlyReceiver } from "@trofie/reactor";
import { TextFile } from "./text-file.ts";

/** Greets a peer, answers `hello` and `goodbye`, and keeps every `write: <text>`. One answer per line. */
export class Greeter extends LineOnlyReceiver<GreeterFactory> {
  override readonly acceptsLoneLF = true;

  override connectionMade() {
    this.sendLine("Connection with the server established!");
  }

  override lineReceived(line: string) {
    if (line === "hello") return this.sendLine("Hello! How are you?");
    if (line === "goodbye") return this.#leave("Noooo don't go awayyyyy...");
    if (line.startsWith("write: ")) return this.#save(line.slice("write: ".length));
    this.sendLine("I understand: hello, goodbye, write: <text>");
  }

  override undecodableLineReceived() {
    this.sendLine("Cannot read the line: it is not UTF-8");
  }

  override lineLengthExceeded() {
    this.#leave(`Cannot read the line: it is longer than ${this.maxLengthBytes} bytes`);
  }

  /** The promise holds back this peer's next line, so that answers come in the order of the questions. */
  async #save(text: string) {
    const answer = await this.factory.saveText(text);
    if (!this.transport.disconnecting) this.sendLine(answer);
  }

  #leave(lastWords: string) {
    this.sendLine(lastWords);
    void this.transport.loseConnection();
  }
}

/** What all greeters share: one file, open from the first port until the last connection has ended. */
export class GreeterFactory extends Factory<Greeter> {
  override readonly protocol = Greeter;
  readonly #path: string;
  #file: TextFile | undefined;

  constructor(path: string) {
    super();
    this.#path = path;
  }

  override async startFactory() {
    this.#file = await TextFile.open(this.#path);
  }

  override async stopFactory() {
    await this.#file?.[Symbol.asyncDispose]();
  }

  /** Saves the text and says in words how that went. */
  async saveText(text: string): Promise<string> {
    try {
      await this.#file?.append(text);
      return "Message saved!";
    } catch (error) {
      return `Cannot save the message: ${asError(error).message}`;
    }
  }
}
