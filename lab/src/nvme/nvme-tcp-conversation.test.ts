import { expect, test } from "vitest";
import { ConversationReader, PeerError } from "../conversation.ts";
import { nvmeTcpConversation } from "./nvme-tcp-conversation.ts";

function pdu(type: number, headerBytes: number, dataOffset: number, rest: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.set([type, 0, headerBytes, dataOffset]);
  head.writeUInt32LE(8 + rest.length, 4);
  return Buffer.concat([head, rest]);
}

function commandPdu(id: number, content = Buffer.alloc(0)): Buffer {
  const entry = Buffer.alloc(64);
  entry.writeUInt16LE(id, 2);
  entry.writeUInt32LE(4, 32); // room for 4 bytes
  return pdu(4, 72, content.length > 0 ? 72 : 0, Buffer.concat([entry, content]));
}

/** Data for the transfer with tag 1. */
function dataPdu(content: Buffer): Buffer {
  const fields = Buffer.alloc(16);
  fields.writeUInt16LE(1, 2);
  fields.writeUInt32LE(content.length, 8);
  return pdu(6, 24, 24, Buffer.concat([fields, content]));
}

const spoken = Buffer.concat([
  pdu(0, 128, 0, Buffer.alloc(120)),
  commandPdu(1, Buffer.from("here")),
  commandPdu(2),
  dataPdu(Buffer.from("come")),
]);

async function converse(pieces: Buffer[]) {
  const sent: Buffer[] = [];
  const fetched: string[] = [];
  const reader = new ConversationReader(
    nvmeTcpConversation(
      (...parts) => sent.push(...parts),
      async (_, fetch) => {
        fetched.push((await fetch(4)).toString());
        return { status: 0x4002, content: Buffer.from("ok") };
      },
    ),
  );
  for (const piece of pieces) {
    reader.receive(piece);
    await new Promise(setImmediate);
  }
  return { fetched, types: sent.filter((part) => part.length >= 24).map((part) => part[0]) };
}

test("data come within a command or when they are asked for, wherever the bytes are cut", async () => {
  const whole = await converse([spoken]);
  expect(whole.fetched).toEqual(["here", "come"]);
  for (let cut = 0; cut <= spoken.length; cut += 7) {
    const { fetched, types } = await converse([spoken.subarray(0, cut), spoken.subarray(cut)]);
    expect(fetched).toEqual(["here", "come"]);
    expect(new Set(types)).toEqual(new Set(whole.types));
  }
});

test("a message of impossible length, and data that nobody asked for, end the connection", async () => {
  await expect(converse([Buffer.alloc(8, 0xff)])).rejects.toThrow(PeerError);
  await expect(converse([dataPdu(Buffer.from("what"))])).rejects.toThrow(PeerError);
});
