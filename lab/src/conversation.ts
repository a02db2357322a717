/**
 * A peer's bytes as straight code: a conversation yields how many bytes it wants next and is given exactly those,
 * however the network cut them. NBD, iSCSI and NVMe/TCP are each one conversation, with no socket inside.
 */
export type Conversation = Generator<number, void, Buffer>;

/** Thrown by a conversation when the peer breaks the protocol: its connection ends, nobody else's does. */
export class PeerError extends Error {
  override readonly name = "PeerError";
}

/** Feeds a conversation from the chunks that a socket brings. */
export class ConversationReader {
  readonly #conversation: Conversation;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #wantedBytes = 0;
  #ended = false;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
    this.#note(conversation.next());
  }

  /** True when the conversation has come to its end: what the peer still says is nobody's business. */
  get ended(): boolean {
    return this.#ended;
  }

  receive(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#waitingBytes += chunk.length;
    while (!this.#ended && this.#waitingBytes >= this.#wantedBytes) {
      this.#note(this.#conversation.next(this.#take(this.#wantedBytes)));
    }
  }

  #note(step: IteratorResult<number, void>): void {
    if (step.done) this.#ended = true;
    else this.#wantedBytes = step.value;
  }

  #take(lengthBytes: number): Buffer {
    const all = this.#waiting.length === 1 ? this.#waiting[0]! : Buffer.concat(this.#waiting);
    this.#waitingBytes = all.length - lengthBytes;
    this.#waiting = this.#waitingBytes > 0 ? [all.subarray(lengthBytes)] : [];
    return all.subarray(0, lengthBytes);
  }
}
