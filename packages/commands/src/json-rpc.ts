/**
 * Messages: JSON-RPC 2.0 (https://www.jsonrpc.org/specification), one object each; batches are refused.
 *
 * A request's id is only a matter of transport: which answer belongs to which question on this connection. That a
 * command is carried out once hangs on its `cmd` alone.
 */
import { protocolErrors, Refusal, type ErrorCode } from "./errors.ts";

export type RequestId = number | string;

/** Parameters or a result: a JSON object of which nothing is known yet. */
export type Params = Readonly<Record<string, unknown>>;

export interface RequestMessage {
  readonly id: RequestId;
  readonly method: string;
  readonly params: Params;
}

export interface NotificationMessage {
  readonly method: string;
  readonly params: Params;
}

export interface ErrorBody {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly code: string; readonly final: boolean; readonly [key: string]: unknown };
}

export type AnswerMessage =
  | { readonly id: RequestId; readonly result: Params }
  | { readonly id: RequestId | null; readonly error: ErrorBody };

export type Message =
  | ({ readonly kind: "request" } & RequestMessage)
  | ({ readonly kind: "notification" } & NotificationMessage)
  | ({ readonly kind: "answer" } & AnswerMessage);

/** Deeper JSON is refused, so that nothing that walks a message can exhaust the stack. */
const maxDepth = 16;

/** Reads one message. Throws a `Refusal` with `PARSE_ERROR` or `INVALID_REQUEST`. */
export function parseMessage(text: string): Message {
  const value = parseJson(text);
  if (!isRecord(value) || value.jsonrpc !== "2.0")
    throw invalid(`it is not a JSON object with "jsonrpc": "2.0"`);
  if (depthOf(value) > maxDepth) throw invalid(`it is nested deeper than ${maxDepth} levels`);
  if (text.includes("\\u") && !isUnicode(value)) throw invalid("it holds half of a surrogate pair");
  if (typeof value.method === "string") return parseCall(value, value.method);
  if ("result" in value || "error" in value) return parseAnswer(value);
  throw invalid("it has neither a method nor a result");
}

export const encodeRequest = (id: RequestId, method: string, params: object): string =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params });

export const encodeNotification = (method: string, params: object): string =>
  JSON.stringify({ jsonrpc: "2.0", method, params });

export const encodeResult = (id: RequestId, result: object): string =>
  JSON.stringify({ jsonrpc: "2.0", id, result });

export const encodeError = (id: RequestId | null, error: ErrorBody): string =>
  JSON.stringify({ jsonrpc: "2.0", id, error });

/** Whether a message takes more bytes: in UTF-8, where no UTF-16 unit takes more than three bytes. */
export function isLonger(text: string, maxBytes: number): boolean {
  return text.length * 3 > maxBytes && new TextEncoder().encode(text).length > maxBytes;
}

/** A refusal as it crosses the wire. A code that the table lacks is our own mistake and crosses as `INTERNAL`. */
export function errorBody(
  refusal: Refusal,
  codes: Readonly<Record<string, ErrorCode>>,
  more: Readonly<Record<string, unknown>> = {},
): ErrorBody {
  const known = codes[refusal.code];
  const word = known ? refusal.code : "INTERNAL";
  const { number, final } = known ?? protocolErrors.INTERNAL;
  return { code: number, message: refusal.message, data: { ...refusal.details, ...more, code: word, final } };
}

/** The refusal that an error on the wire stands for. */
export function refusalOf(error: ErrorBody): Refusal {
  const { code, ...details } = error.data;
  return new Refusal(code, error.message, details);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("PARSE_ERROR", "Cannot read the message: it is not JSON");
  }
}

function parseCall(value: Record<string, unknown>, method: string): Message {
  const params = value.params ?? {};
  if (!isRecord(params)) throw invalid("its params is not an object");
  if (!("id" in value)) return { kind: "notification", method, params };
  if (!isRequestId(value.id)) throw invalid("its id is neither an integer nor a string");
  return { kind: "request", id: value.id, method, params };
}

function parseAnswer(value: Record<string, unknown>): Message {
  const { id, result, error } = value;
  if (isRecord(result) && isRequestId(id)) return { kind: "answer", id, result };
  if (isErrorBody(error) && (id === null || isRequestId(id))) return { kind: "answer", id, error };
  throw invalid("it has neither a result nor an error of the protocol's shape");
}

function invalid(why: string): Refusal {
  return new Refusal("INVALID_REQUEST", `Cannot take the message: ${why}`);
}

function isRequestId(value: unknown): value is RequestId {
  return Number.isSafeInteger(value) || (typeof value === "string" && value.length <= 64);
}

function isErrorBody(value: unknown): value is ErrorBody {
  return (
    isRecord(value) &&
    Number.isInteger(value.code) &&
    typeof value.message === "string" &&
    isRecord(value.data) &&
    typeof value.data.code === "string" &&
    typeof value.data.final === "boolean"
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * No text in it holds a lone surrogate, which only an escape can say. It is no Unicode, so it cannot be in a canonical
 * form (RFC 8785 §3.2.2.2), and I-JSON forbids it (RFC 7493 §2.1).
 */
function isUnicode(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isUnicode(inner));
}

function depthOf(value: unknown, limit = maxDepth + 1): number {
  if (typeof value !== "object" || value === null) return 0;
  if (limit === 0) return 1;
  let deepest = 0;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, limit - 1));
  return deepest + 1;
}
