import { expect, test } from "vitest";
import { ConversationReader, PeerError } from "../conversation.ts";
import { goodWith, type ScsiOutcome } from "../scsi/scsi-command.ts";
import { iscsiConversation } from "./iscsi-conversation.ts";
import { keyValues, padding, request, response } from "./iscsi-wire.ts";

interface Fields {
  readonly flags?: number;
  readonly tag?: number;
  readonly transferTag?: number;
  readonly number?: number;
  readonly content?: Buffer;
}

function pdu(
  opcode: number,
  { flags = 0x80, tag = 1, transferTag = 0, number = 1, content }: Fields = {},
): Buffer {
  const body = content ?? Buffer.alloc(0);
  const header = Buffer.alloc(48);
  header[0] = opcode;
  header[1] = flags;
  header.writeUIntBE(body.length, 5, 3);
  header.writeUInt32BE(tag, 16);
  header.writeUInt32BE(transferTag, 20);
  header.writeUInt32BE(number, 24);
  return Buffer.concat([header, body, Buffer.alloc(padding(body.length))]);
}

const login = pdu(request.login | 0x40, {
  flags: 0x87,
  content: keyValues({ HeaderDigest: "CRC32C,None", InitialR2T: "No", Unheard: "Of" }),
});

async function converse(pieces: Buffer[], execute: () => Promise<ScsiOutcome>) {
  const sent: Buffer[] = [];
  const reader = new ConversationReader(
    iscsiConversation((...parts) => sent.push(Buffer.concat(parts)), "iqn.test", execute),
  );
  for (const piece of pieces) {
    reader.receive(piece);
    await new Promise(setImmediate);
  }
  return { sent, opcodes: sent.map((reply) => reply[0]), ended: reader.ended };
}

const readsTwo = async () => goodWith(Buffer.from([1, 2]));

test("login agrees on what it knows, and the session goes on to the end, wherever its bytes are cut", async () => {
  const read = pdu(request.scsiCommand, { transferTag: 4, tag: 9 }); // room for 4 bytes
  const all = Buffer.concat([
    login,
    read,
    pdu(request.nopOut, { number: 2 }),
    pdu(request.logout, { number: 3 }),
  ]);
  const whole = await converse([all], readsTwo);
  const agreed = whole.sent[0]!.toString("latin1", 48);
  expect(agreed).toContain("HeaderDigest=None\0InitialR2T=Yes\0TargetPortalGroupTag=1");
  expect(agreed).not.toContain("Unheard");
  for (let cut = 0; cut <= all.length; cut += 5) {
    const { opcodes, ended } = await converse([all.subarray(0, cut), all.subarray(cut)], readsTwo);
    expect(ended).toBe(true);
    expect(new Set(opcodes)).toEqual(
      new Set([response.login, response.dataIn, response.nopIn, response.logout]),
    );
  }
});

test("an answer that is shorter than the room for it says by how much", async () => {
  const read = pdu(request.scsiCommand, { transferTag: 4 });
  const { sent } = await converse([login, read], readsTwo);
  const answer = sent[1]!;
  expect([answer[0], answer[1]! & 0b11, answer.readUInt32BE(44)]).toEqual([response.dataIn, 0b11, 2]);
});

test("an error brings its sense along", async () => {
  const sense = Buffer.from("sense");
  const execute = async () => ({ ended: "check condition", sense }) as const;
  const { sent } = await converse([login, pdu(request.scsiCommand)], execute);
  expect(sent[1]![3]).toBe(2);
  expect(sent[1]!.toString("latin1", 50, 55)).toBe("sense");
});

test("data that nobody asked for, and an unknown request, end the connection", async () => {
  await expect(converse([login, pdu(request.dataOut)], readsTwo)).rejects.toThrow(PeerError);
  await expect(converse([login, pdu(0x1f)], readsTwo)).rejects.toThrow(PeerError);
});
