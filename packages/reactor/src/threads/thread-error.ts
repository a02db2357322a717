import { asError } from "../as-error.ts";
import { NotConnectedError } from "../errors.ts";

/** An error on its way between threads, which keep only the kinds of error that the language itself has. */
export interface ThreadError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** The word by which programs know it, where it has one. */
  readonly code: unknown;
}

export function toThreadError(thrown: unknown): ThreadError {
  const error: Error & { readonly code?: unknown } = asError(thrown);
  const code = typeof error.code === "string" || typeof error.code === "number" ? error.code : undefined;
  return { name: error.name, message: error.message, stack: error.stack, code };
}

/**
 * The error, as far as it is known by its name, message and code; its stack is that of the other thread. What both
 * threads know is an instance of its class: `NotConnectedError`, `TypeError`.
 */
export function fromThreadError({ name, message, stack, code }: ThreadError): Error {
  const error = ofClass(name, message);
  if (stack !== undefined) error.stack = stack;
  return code === undefined ? error : Object.assign(error, { code });
}

function ofClass(name: string, message: string): Error {
  if (name === "NotConnectedError") return NotConnectedError.withMessage(message);
  if (name === "TypeError") return new TypeError(message);
  return Object.assign(new Error(message), { name });
}
