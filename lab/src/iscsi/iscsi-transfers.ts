import { PeerError } from "../conversation.ts";
import type { IscsiReplies } from "./iscsi-replies.ts";
import * as wire from "./iscsi-wire.ts";
import { response, type Pdu } from "./iscsi-wire.ts";

interface Burst {
  readonly into: Buffer;
  readonly offset: number;
  readonly end: number;
  readonly done: () => void;
}

const statusFollows = 0b01;
const underflow = 0b10;

/** The data of SCSI commands, in both directions. */
export class IscsiTransfers {
  readonly #replies: IscsiReplies;
  readonly #bursts = new Map<number, Burst>();
  #lastTag = 0;

  constructor(replies: IscsiReplies) {
    this.#replies = replies;
  }

  /** In segments, the last of which carries the status, and how much less came than there was room for. */
  sendContent(pdu: Pdu, all: Buffer): void {
    const content = all.subarray(0, pdu.expectedBytes);
    const segments = Math.max(1, Math.ceil(content.length / wire.maxSegmentBytes));
    for (let number = 0; number < segments - 1; number++) {
      this.#sendSegment(pdu, content, number, { flags: 0, status: "without status" });
    }
    const residualBytes = pdu.expectedBytes - content.length;
    const flags = wire.final | statusFollows | (residualBytes > 0 ? underflow : 0);
    this.#sendSegment(pdu, content, segments - 1, { flags, status: "with status", residualBytes });
  }

  /** Asks for what the initiator brings, one burst after another. */
  async fetch(pdu: Pdu, lengthBytes: number): Promise<Buffer> {
    const into = Buffer.alloc(lengthBytes);
    for (let offset = 0; offset < lengthBytes; offset += wire.maxSegmentBytes) {
      const end = Math.min(offset + wire.maxSegmentBytes, lengthBytes);
      await new Promise<void>((done) => this.#ask(pdu, { into, offset, end, done }));
    }
    return into;
  }

  received(pdu: Pdu): void {
    const burst = this.#bursts.get(pdu.transferTag);
    if (!burst) throw new PeerError("Data that nobody asked for");
    pdu.content.copy(burst.into, pdu.bufferOffset);
    if (pdu.bufferOffset + pdu.content.length < burst.end) return;
    this.#bursts.delete(pdu.transferTag);
    burst.done();
  }

  #sendSegment(
    pdu: Pdu,
    content: Buffer,
    number: number,
    last: { flags: number; status: "with status" | "without status"; residualBytes?: number },
  ): void {
    const offset = number * wire.maxSegmentBytes;
    this.#replies.send(response.dataIn, pdu, {
      content: content.subarray(offset, offset + wire.maxSegmentBytes),
      flags: last.flags,
      transferTag: wire.noTag,
      status: last.status,
      more: (header) => {
        header.writeUInt32BE(number, 36);
        header.writeUInt32BE(offset, 40);
        header.writeUInt32BE(last.residualBytes ?? 0, 44);
      },
    });
  }

  #ask(pdu: Pdu, burst: Burst): void {
    const transferTag = ++this.#lastTag;
    this.#bursts.set(transferTag, burst);
    this.#replies.send(response.readyToTransfer, pdu, {
      transferTag,
      status: "without status",
      more: (header) => {
        pdu.lun.copy(header, 8);
        header.writeUInt32BE(burst.offset / wire.maxSegmentBytes, 36);
        header.writeUInt32BE(burst.offset, 40);
        header.writeUInt32BE(burst.end - burst.offset, 44);
      },
    });
  }
}
