import { expect, test } from "vitest";
import { ConversationReader, type Conversation } from "./conversation.ts";

/** Words of a length that is told before each; ends at an empty one. */
function* words(heard: string[]): Conversation {
  for (;;) {
    const lengthBytes = (yield 1)[0]!;
    if (lengthBytes === 0) return;
    heard.push((yield lengthBytes).toString());
  }
}

const spoken = Buffer.from("\x03one\x05three\x00\x04more");

test("a conversation hears the same words, wherever the bytes are cut", () => {
  for (let cut = 0; cut <= spoken.length; cut++) {
    const heard: string[] = [];
    const reader = new ConversationReader(words(heard));
    reader.receive(spoken.subarray(0, cut));
    reader.receive(spoken.subarray(cut));
    expect(heard).toEqual(["one", "three"]);
  }
});

test("a conversation that has come to its end hears nothing more", () => {
  const reader = new ConversationReader(words([]));
  expect(reader.ended).toBe(false);
  for (const byte of spoken) reader.receive(Buffer.from([byte]));
  expect(reader.ended).toBe(true);
});
