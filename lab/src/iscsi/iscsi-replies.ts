import * as wire from "./iscsi-wire.ts";
import type { Pdu } from "./iscsi-wire.ts";

export interface ReplyFields {
  readonly content?: Buffer;
  readonly flags?: number;
  readonly transferTag?: number;
  /** Only a reply with status takes a status number of its own. */
  readonly status?: "with status" | "without status";
  /** Fills in what only this kind of reply has, last. */
  readonly more?: (header: Buffer) => void;
}

/** Everything that a target says: the fields that every reply has, in the places where all have them. */
export class IscsiReplies {
  /** The number of the command that is expected next. */
  expectedCommand = 0;
  readonly #send: (...parts: Buffer[]) => void;
  #statusNumber = 1;

  constructor(send: (...parts: Buffer[]) => void) {
    this.#send = send;
  }

  send(opcode: number, to: Pdu, fields: ReplyFields = {}): void {
    const { content = Buffer.alloc(0), flags = wire.final, transferTag = 0, status = "with status" } = fields;
    const header = Buffer.alloc(wire.headerBytes);
    header[0] = opcode;
    header[1] = flags;
    header.writeUIntBE(content.length, 5, 3);
    header.writeUInt32BE(to.taskTag, 16);
    header.writeUInt32BE(transferTag, 20);
    header.writeUInt32BE(this.#statusNumber, 24);
    header.writeUInt32BE(this.expectedCommand, 28);
    header.writeUInt32BE((this.expectedCommand + 31) >>> 0, 32);
    if (status === "with status") this.#statusNumber++;
    fields.more?.(header);
    this.#send(header, content, Buffer.alloc(wire.padding(content.length)));
  }
}
