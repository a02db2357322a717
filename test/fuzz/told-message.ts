/** Messages as docs/protocol.md says they are, told apart without the code under test. */

type Json = Readonly<Record<string, unknown>>;

export type ToldMessage =
  | { readonly kind: "bad"; readonly code: "PARSE_ERROR" | "INVALID_REQUEST" }
  | { readonly kind: "request"; readonly id: number | string; readonly method: string; readonly params: Json }
  | { readonly kind: "notification"; readonly method: string }
  | { readonly kind: "answer" };

const deepest = 16;
const invalid = { kind: "bad", code: "INVALID_REQUEST" } as const;

export function toldMessage(text: string): ToldMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "bad", code: "PARSE_ERROR" };
  }
  if (!isObject(value) || value.jsonrpc !== "2.0" || !isPlain(value, deepest)) return invalid;
  const { method, id, params = {} } = value;
  if (typeof method !== "string") return isAnswer(value) ? { kind: "answer" } : invalid;
  if (params !== null && !isObject(params)) return invalid;
  if (!Object.hasOwn(value, "id")) return { kind: "notification", method };
  return isId(id) ? { kind: "request", id, method, params: params ?? {} } : invalid;
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Not nested too deep, and all its text is Unicode (RFC 7493 §2.1). */
function isPlain(value: unknown, levels: number): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  if (levels === 0) return false;
  for (const [key, inner] of Object.entries(value))
    if (!key.isWellFormed() || !isPlain(inner, levels - 1)) return false;
  return true;
}

function isId(id: unknown): id is number | string {
  return typeof id === "string" ? id.length <= 64 : Number.isSafeInteger(id);
}

function isAnswer({ id, result, error }: Json): boolean {
  if (isObject(result) && isId(id)) return true;
  return isObject(error) && (id === null || isId(id)) && isErrorBody(error);
}

function isErrorBody({ code, message, data }: Json): boolean {
  return (
    Number.isInteger(code) &&
    typeof message === "string" &&
    isObject(data) &&
    typeof data.code === "string" &&
    typeof data.final === "boolean"
  );
}
