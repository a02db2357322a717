import { expect, test } from "vitest";
import { ConversationReader, PeerError } from "../conversation.ts";
import { nbdConversation, type NbdRequest } from "./nbd-conversation.ts";
import { command, maxRequestBytes, option, requestMagic } from "./nbd-wire.ts";

const clientFlags = Buffer.from([0, 0, 0, 3]);

function optionAsked(which: number, content = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(16);
  head.write("IHAVEOPT");
  head.writeUInt32BE(which, 8);
  head.writeUInt32BE(content.length, 12);
  return Buffer.concat([head, content]);
}

function asked(type: number, offset: number, lengthBytes: number, content = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(28);
  head.writeUInt32BE(requestMagic, 0);
  head.writeUInt16BE(type, 6);
  head.writeBigUInt64BE(77n, 8);
  head.writeBigUInt64BE(BigInt(offset), 16);
  head.writeUInt32BE(lengthBytes, 24);
  return Buffer.concat([head, content]);
}

function listen() {
  const sent: Buffer[] = [];
  const requests: NbdRequest[] = [];
  const peer = {
    sizeBytes: 4096,
    send: (bytes: Buffer) => sent.push(bytes),
    requested: (request: NbdRequest) => requests.push(request),
  };
  return { reader: new ConversationReader(nbdConversation(peer)), requests, said: () => Buffer.concat(sent) };
}

const all = Buffer.concat([
  clientFlags,
  optionAsked(8), // structured replies: not here
  optionAsked(option.go, Buffer.alloc(6)),
  asked(command.write, 512, 4, Buffer.from("data")),
  asked(command.read, 0, 512),
  asked(command.disconnect, 0, 0),
]);

test("a client that wants the disk has its requests heard, wherever its bytes are cut", () => {
  const whole = listen();
  whole.reader.receive(all);
  expect(whole.requests.map(({ type, offsetBytes }) => [type, offsetBytes])).toEqual([
    [command.write, 512],
    [command.read, 0],
  ]);
  expect(whole.requests[0]!.content.toString()).toBe("data");
  expect(whole.reader.ended).toBe(true);
  for (let cut = 0; cut <= all.length; cut++) {
    const inTwo = listen();
    inTwo.reader.receive(all.subarray(0, cut));
    inTwo.reader.receive(all.subarray(cut));
    expect(inTwo.requests).toEqual(whole.requests);
    expect(inTwo.said()).toEqual(whole.said());
  }
});

test("a client of the old kind is told the size at once", () => {
  const { reader, said } = listen();
  reader.receive(Buffer.concat([clientFlags, optionAsked(option.exportName)]));
  expect(said().readBigUInt64BE(18)).toBe(4096n);
});

test("a client may ask what there is, and go", () => {
  const { reader } = listen();
  reader.receive(Buffer.concat([clientFlags, optionAsked(option.list), optionAsked(option.abort)]));
  expect(reader.ended).toBe(true);
});

test("a request without its magic, and one that is too long, end the connection", () => {
  const begun = Buffer.concat([clientFlags, optionAsked(option.go, Buffer.alloc(6))]);
  expect(() => listen().reader.receive(Buffer.concat([begun, Buffer.alloc(28)]))).toThrow(PeerError);
  const tooLong = asked(command.write, 0, maxRequestBytes + 1);
  expect(() => listen().reader.receive(Buffer.concat([begun, tooLong]))).toThrow(PeerError);
});
