import { describe, expect, test } from "vitest";
import { protocolErrors, Refusal } from "./errors.ts";
import {
  encodeError,
  encodeNotification,
  encodeRequest,
  encodeResult,
  errorBody,
  parseMessage,
} from "./json-rpc.ts";

const nested = (depth: number): string => `{"a":`.repeat(depth) + "1" + "}".repeat(depth);

const parseError = errorBody(new Refusal("PARSE_ERROR", "bad"), protocolErrors);

describe("a message", () => {
  test.each([
    [
      { kind: "request", id: 7, method: "job.stop", params: { job: "j" } },
      encodeRequest(7, "job.stop", { job: "j" }),
    ],
    [{ kind: "request", id: "x", method: "a", params: {} }, `{"jsonrpc":"2.0","id":"x","method":"a"}`],
    [{ kind: "notification", method: "ping", params: {} }, encodeNotification("ping", {})],
    [{ kind: "answer", id: 7, result: { ok: true } }, encodeResult(7, { ok: true })],
    [{ kind: "answer", id: null, error: parseError }, encodeError(null, parseError)],
    [{ kind: "notification", method: "ping", params: {} }, `{"jsonrpc":"2.0","method":"ping"}\r`],
  ])("is read as %j", (message, text) => {
    expect(parseMessage(text)).toEqual(message);
  });

  test.each([
    ["{", "PARSE_ERROR"],
    ["", "PARSE_ERROR"],
    ["nonsense", "PARSE_ERROR"],
    [`{"jsonrpc":"2.0","id":1,"method":"a","params":1e999}`, "INVALID_REQUEST"],
    ["[]", "INVALID_REQUEST"],
    ["null", "INVALID_REQUEST"],
    ["7", "INVALID_REQUEST"],
    [`{"id":1,"method":"a"}`, "INVALID_REQUEST"],
    [`{"jsonrpc":"1.0","id":1,"method":"a"}`, "INVALID_REQUEST"],
    [`{"jsonrpc":"2.0","id":1.5,"method":"a"}`, "INVALID_REQUEST"],
    [`{"jsonrpc":"2.0","id":null,"method":"a"}`, "INVALID_REQUEST"],
    [`{"jsonrpc":"2.0","id":1,"method":"a","params":[1]}`, "INVALID_REQUEST"],
    [`{"jsonrpc":"2.0","id":1}`, "INVALID_REQUEST"],
    [`{"jsonrpc":"2.0","id":1,"error":{"code":1}}`, "INVALID_REQUEST"],
    [`{"jsonrpc":"2.0","method":"a","params":${nested(20)}}`, "INVALID_REQUEST"],
    [`{"jsonrpc":"2.0","method":"a","params":${nested(5000)}}`, "INVALID_REQUEST"],
    [String.raw`{"jsonrpc":"2.0","method":"a","params":{"path":"\ud800"}}`, "INVALID_REQUEST"],
    [String.raw`{"jsonrpc":"2.0","method":"a","params":{"\udc00\ud800":1}}`, "INVALID_REQUEST"],
  ])("that breaks the protocol's rules is refused: %s", (text, code) => {
    expect(() => parseMessage(text)).toThrow(expect.objectContaining({ code }) as Error);
  });

  test("may escape whole characters of any kind", () => {
    const text = String.raw`{"jsonrpc":"2.0","method":"a","params":{"path":"\u00e9\ud83d\uddb4"}}`;
    expect(parseMessage(text)).toMatchObject({ params: { path: "é🖴" } });
  });

  test("with a key named __proto__ changes no prototype", () => {
    parseMessage(`{"jsonrpc":"2.0","method":"a","params":{"__proto__":{"polluted":true}}}`);
    expect("polluted" in {}).toBe(false);
  });
});

test("a code that the table lacks crosses the wire as INTERNAL", () => {
  expect(errorBody(new Refusal("NO_SUCH_CODE", "?"), protocolErrors)).toMatchObject({
    code: -32603,
    data: { code: "INTERNAL", final: true },
  });
});
