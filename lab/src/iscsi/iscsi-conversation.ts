import { PeerError, type Conversation } from "../conversation.ts";
import type { ScsiCommand, ScsiOutcome } from "../scsi/scsi-command.ts";
import { IscsiLogin } from "./iscsi-login.ts";
import { IscsiReplies } from "./iscsi-replies.ts";
import { IscsiTransfers } from "./iscsi-transfers.ts";
import * as wire from "./iscsi-wire.ts";
import { keyValues, Pdu, request, response } from "./iscsi-wire.ts";

type Send = (...parts: Buffer[]) => void;
type Execute = (command: ScsiCommand) => Promise<ScsiOutcome>;

/** One connection of an initiator, which is the whole session: no digests, no authentication, one disk. */
export function* iscsiConversation(send: Send, targetName: string, execute: Execute): Conversation {
  const target = new Target(send, targetName, execute);
  for (;;) {
    const header = Buffer.from(yield wire.headerBytes);
    const lengthBytes = header.readUIntBE(5, 3);
    if (lengthBytes > wire.maxSegmentBytes) throw new PeerError(`A segment of ${lengthBytes} bytes`);
    yield header[4]! * 4; // additional header segments: none that we understand
    const content = Buffer.from(yield lengthBytes);
    yield wire.padding(lengthBytes);
    const pdu = new Pdu(header, content);
    target.receive(pdu);
    if (pdu.opcode === request.logout) return;
  }
}

class Target {
  readonly #replies: IscsiReplies;
  readonly #transfers: IscsiTransfers;
  readonly #login = new IscsiLogin();
  readonly #targetName: string;
  readonly #execute: Execute;

  constructor(send: Send, targetName: string, execute: Execute) {
    this.#replies = new IscsiReplies(send);
    this.#transfers = new IscsiTransfers(this.#replies);
    this.#targetName = targetName;
    this.#execute = execute;
  }

  receive(pdu: Pdu): void {
    this.#expectNext(pdu);
    switch (pdu.opcode) {
      case request.login:
        return this.#login.answer(pdu, this.#replies);
      case request.nopOut:
        return this.#answerNop(pdu);
      case request.taskManagement:
        return this.#replies.send(response.taskManagement, pdu);
      case request.text:
        return this.#sayTargets(pdu);
      case request.dataOut:
        return this.#transfers.received(pdu);
      case request.scsiCommand:
        return void this.#perform(pdu);
      case request.logout:
        return this.#replies.send(response.logout, pdu);
      default:
        throw new PeerError(`An iSCSI request ${pdu.opcode}`);
    }
  }

  /** Immediate commands and data do not use up a number; after login, the first number is login's. */
  #expectNext(pdu: Pdu): void {
    if (pdu.opcode === request.login) this.#replies.expectedCommand = pdu.commandNumber;
    else if (pdu.opcode !== request.dataOut && !pdu.isImmediate) {
      this.#replies.expectedCommand = (pdu.commandNumber + 1) >>> 0;
    }
  }

  /** Without a tag it is itself an answer. */
  #answerNop(pdu: Pdu): void {
    if (pdu.taskTag === wire.noTag) return;
    this.#replies.send(response.nopIn, pdu, { content: pdu.content, transferTag: wire.noTag });
  }

  #sayTargets(pdu: Pdu): void {
    const content = keyValues({ TargetName: this.#targetName });
    this.#replies.send(response.text, pdu, { content, transferTag: wire.noTag });
  }

  async #perform(pdu: Pdu): Promise<void> {
    const fetch = (lengthBytes: number) => this.#transfers.fetch(pdu, lengthBytes);
    const outcome = await this.#execute({ cdb: pdu.cdb, transferBytes: pdu.expectedBytes, fetch });
    if (outcome.ended === "check condition") return this.#sendSense(pdu, outcome.sense);
    if (outcome.content) return this.#transfers.sendContent(pdu, outcome.content);
    this.#replies.send(response.scsi, pdu);
  }

  #sendSense(pdu: Pdu, sense: Buffer): void {
    const lengthBytes = Buffer.alloc(2);
    lengthBytes.writeUInt16BE(sense.length);
    this.#replies.send(response.scsi, pdu, {
      content: Buffer.concat([lengthBytes, sense]),
      more: (header) => (header[3] = wire.checkConditionStatus),
    });
  }
}
