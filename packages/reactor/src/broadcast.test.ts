import { describe, expect, it } from "vitest";
import { broadcast } from "./broadcast.ts";
import { StringTransport } from "./testing/index.ts";

describe("a broadcast", () => {
  const four = () => Array.from({ length: 4 }, () => ({ transport: new StringTransport() }));

  it.each(["short", "long ☕ ".repeat(100)])(
    "reaches all who stay, and passes over who is leaving",
    (text) => {
      const clients = four();
      void clients[1]!.transport.loseConnection();
      clients[2]!.transport.abortConnection();
      expect(broadcast(clients, text)).toBe(2);
      expect(clients.map(({ transport }) => transport.text())).toEqual([text, "", "", text]);
    },
  );
});
