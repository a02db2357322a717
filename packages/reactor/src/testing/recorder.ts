import type { CloseReason } from "../close-reason.ts";
import { type Handled, Protocol } from "../protocol.ts";

/** A protocol that writes down what happens to it. */
export class Recorder extends Protocol {
  /** `made`, `data`, `drained` and `lost`, as they came; `data` once for any number in a row. */
  readonly happenings: string[] = [];
  readonly lost = Promise.withResolvers<CloseReason>();
  #received: Uint8Array[] = [];
  #receivedBytes = 0;
  #waiting: { readonly bytes: number; readonly resolve: () => void }[] = [];

  /** What `dataReceived` does after writing the bytes down. */
  onData: (bytes: Uint8Array) => Handled = () => {};

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** All bytes that came, as text. */
  text(): string {
    return new TextDecoder().decode(this.bytes());
  }

  /** All bytes that came. */
  bytes(): Uint8Array {
    return Buffer.concat(this.#received);
  }

  /** Resolves when so many bytes have come in all. */
  received(bytes: number): Promise<void> {
    if (this.#receivedBytes >= bytes) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ bytes, resolve }));
  }

  override connectionMade(): void {
    this.happenings.push("made");
  }

  override dataReceived(bytes: Uint8Array): Handled {
    if (this.happenings.at(-1) !== "data") this.happenings.push("data");
    this.#received.push(bytes);
    this.#receivedBytes += bytes.length;
    for (const waiter of this.#waiting) if (this.#receivedBytes >= waiter.bytes) waiter.resolve();
    this.#waiting = this.#waiting.filter((waiter) => this.#receivedBytes < waiter.bytes);
    return this.onData(bytes);
  }

  override writeDrained(): void {
    this.happenings.push("drained");
  }

  override connectionLost(reason: CloseReason): void {
    this.happenings.push("lost");
    this.lost.resolve(reason);
  }
}
