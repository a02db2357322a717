/**
 * NVMe over TCP, the controller's side of one queue: NVM Express TCP Transport Specification 1.0. No digests, data
 * within the capsule or asked for by "ready to transfer".
 */
import { PeerError, type Conversation } from "../conversation.ts";
import { NvmeCommand, type NvmeOutcome } from "./nvme-command.ts";
import { queueEntries } from "./nvme-structures.ts";

const pdu = {
  initializeRequest: 0,
  initializeResponse: 1,
  command: 4,
  response: 5,
  hostData: 6,
  controllerData: 7,
  readyToTransfer: 9,
} as const;

const maxPduBytes = 4 * 2 ** 20;
const lastDataPdu = 0b100;

/** Gets the data that a command brings: from its capsule, or from the host. */
export type FetchContent = (lengthBytes: number) => Promise<Buffer>;

/** Null: never answered. */
export type Execute = (command: NvmeCommand, fetch: FetchContent) => Promise<NvmeOutcome | null>;

export function* nvmeTcpConversation(send: (...parts: Buffer[]) => void, execute: Execute): Conversation {
  const queue = new Queue(send);
  for (;;) {
    const common = yield 8;
    const lengthBytes = common.readUInt32LE(4);
    if (lengthBytes < 8 || lengthBytes > maxPduBytes) throw new PeerError(`A PDU of ${lengthBytes} bytes`);
    const rest = yield lengthBytes - 8;
    receive(queue, common, rest, execute);
  }
}

function receive(queue: Queue, common: Buffer, rest: Buffer, execute: Execute): void {
  const [type, , , dataOffset] = common as unknown as [number, number, number, number];
  if (type === pdu.initializeRequest) return queue.sendInitialized();
  if (type === pdu.hostData) return queue.dataReceived(rest, rest.subarray(dataOffset - 8));
  if (type !== pdu.command) throw new PeerError(`A PDU of type ${type}`);
  const command = new NvmeCommand(Buffer.from(rest.subarray(0, 64)));
  const inCapsule = dataOffset > 0 ? Buffer.from(rest.subarray(dataOffset - 8)) : null;
  const fetch: FetchContent = async (lengthBytes) => inCapsule ?? queue.fetch(command, lengthBytes);
  void execute(command, fetch).then((outcome) => outcome && queue.answer(command, outcome));
}

/** What goes out, and what was asked for and has not come yet. */
class Queue {
  readonly #send: (...parts: Buffer[]) => void;
  readonly #transfers = new Map<
    number,
    { into: Buffer; missingBytes: number; done: (all: Buffer) => void }
  >();
  #head = 0;
  #lastTag = 0;

  constructor(send: (...parts: Buffer[]) => void) {
    this.#send = send;
  }

  sendInitialized(): void {
    const response = header(pdu.initializeResponse, 128, 128);
    response.writeUInt32LE(2 ** 20, 12); // MAXH2CDATA
    this.#send(response);
  }

  answer(command: NvmeCommand, outcome: NvmeOutcome): void {
    const response = this.#response(command, outcome);
    if (!outcome.content) return this.#send(response);
    const content = fittedTo(command.dataBytes, outcome.content);
    const head = header(pdu.controllerData, 24, 24 + content.length);
    head[1] = lastDataPdu;
    head[3] = 24; // where the data begin
    head.writeUInt16LE(command.id, 8);
    head.writeUInt32LE(content.length, 16);
    this.#send(head, content, response);
  }

  fetch(command: NvmeCommand, lengthBytes: number): Promise<Buffer> {
    const tag = (this.#lastTag = (this.#lastTag + 1) & 0xffff);
    const ask = header(pdu.readyToTransfer, 24, 24);
    ask.writeUInt16LE(command.id, 8);
    ask.writeUInt16LE(tag, 10);
    ask.writeUInt32LE(lengthBytes, 16);
    this.#send(ask);
    return new Promise((done) => {
      this.#transfers.set(tag, { into: Buffer.alloc(lengthBytes), missingBytes: lengthBytes, done });
    });
  }

  dataReceived(fields: Buffer, content: Buffer): void {
    const tag = fields.readUInt16LE(2);
    const transfer = this.#transfers.get(tag);
    if (!transfer) throw new PeerError("Data that nobody asked for");
    const piece = content.subarray(0, fields.readUInt32LE(8));
    piece.copy(transfer.into, fields.readUInt32LE(4));
    transfer.missingBytes -= piece.length;
    if (transfer.missingBytes > 0) return;
    this.#transfers.delete(tag);
    transfer.done(transfer.into);
  }

  #response(command: NvmeCommand, { status, result = 0n }: NvmeOutcome): Buffer {
    this.#head = (this.#head + 1) % queueEntries;
    const response = header(pdu.response, 24, 24);
    response.writeBigUInt64LE(result, 8);
    response.writeUInt16LE(this.#head, 16);
    response.writeUInt16LE(command.id, 20);
    response.writeUInt16LE((status << 1) & 0xffff, 22);
    return response;
  }
}

function header(type: number, headerBytes: number, totalBytes: number): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes[0] = type;
  bytes[2] = headerBytes;
  bytes.writeUInt32LE(totalBytes, 4);
  return bytes;
}

function fittedTo(lengthBytes: number, content: Buffer): Buffer {
  if (content.length === lengthBytes) return content;
  const fitted = Buffer.alloc(lengthBytes);
  content.copy(fitted);
  return fitted;
}
