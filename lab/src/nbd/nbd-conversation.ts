import { PeerError, type Conversation } from "../conversation.ts";
import * as wire from "./nbd-wire.ts";

/** What a client asks of the disk. `cookie` goes back with the answer, in whatever order the answers come. */
export interface NbdRequest {
  readonly type: number;
  readonly flags: number;
  readonly cookie: bigint;
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  readonly content: Buffer;
}

/** The far side of one connection, as the conversation needs it. */
export interface NbdPeer {
  readonly sizeBytes: number;
  send(bytes: Buffer): void;
  requested(request: NbdRequest): void;
}

/** Greets, haggles over options until the client wants the disk, then hands over its requests until it goes. */
export function* nbdConversation(peer: NbdPeer): Conversation {
  peer.send(wire.greeting());
  const zeroes = (yield* uint32()) & 2 ? "spared" : "wanted";
  if ((yield* haggle(peer, zeroes)) === "wants the disk") yield* requests(peer);
}

function* haggle(
  peer: NbdPeer,
  zeroes: "wanted" | "spared",
): Generator<number, "wants the disk" | "goes", Buffer> {
  for (;;) {
    const head = yield 16;
    const lengthBytes = head.readUInt32BE(12);
    if (lengthBytes > 65536) throw new PeerError(`An NBD option of ${lengthBytes} bytes`);
    yield lengthBytes;
    const asked = head.readUInt32BE(8);
    answerOption(peer, asked, zeroes);
    if (asked === wire.option.abort) return "goes";
    if (asked === wire.option.exportName || asked === wire.option.go) return "wants the disk";
  }
}

function answerOption(peer: NbdPeer, asked: number, zeroes: "wanted" | "spared"): void {
  switch (asked) {
    case wire.option.exportName:
      return peer.send(wire.exportNameReply(peer.sizeBytes, zeroes));
    case wire.option.abort:
      return peer.send(wire.optionAck(asked));
    case wire.option.list:
      return peer.send(Buffer.concat([wire.exportListed(asked), wire.optionAck(asked)]));
    case wire.option.info:
    case wire.option.go:
      return peer.send(Buffer.concat([wire.exportInfo(asked, peer.sizeBytes), wire.optionAck(asked)]));
    default:
      return peer.send(wire.optionUnsupported(asked));
  }
}

function* requests(peer: NbdPeer): Conversation {
  for (;;) {
    const head = yield 28;
    if (head.readUInt32BE(0) !== wire.requestMagic) throw new PeerError("An NBD request without its magic");
    const type = head.readUInt16BE(6);
    if (type === wire.command.disconnect) return;
    const lengthBytes = head.readUInt32BE(24);
    if (type === wire.command.write && lengthBytes > wire.maxRequestBytes) {
      throw new PeerError(`An NBD write of ${lengthBytes} bytes`);
    }
    peer.requested({
      type,
      flags: head.readUInt16BE(4),
      cookie: head.readBigUInt64BE(8),
      offsetBytes: Number(head.readBigUInt64BE(16)),
      lengthBytes,
      content: yield type === wire.command.write ? lengthBytes : 0,
    });
  }
}

function* uint32(): Generator<number, number, Buffer> {
  return (yield 4).readUInt32BE();
}
