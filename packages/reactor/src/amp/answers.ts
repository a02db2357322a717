import { reportFault } from "../report-fault.ts";
import { type AmpBox, MOST_VALUE_BYTES } from "./box.ts";
import type { Command } from "./command.ts";

/** What a responder's error says to the peer. */
export interface Failure {
  readonly code: string;
  readonly description: string;
  readonly isFatal: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The declared code of the error. One that is not declared is our bug: it is reported, and the peer learns no more. */
export function failureOf(command: Command, error: Error, source: object): Failure {
  const description = error.message;
  const code = codeOf(command.errors, error);
  if (code !== undefined) return { code, description, isFatal: false };
  const fatalCode = codeOf(command.fatalErrors, error);
  if (fatalCode !== undefined) return { code: fatalCode, description, isFatal: true };
  reportFault({ error, source });
  return { code: "UNKNOWN", description: "Unknown Error", isFatal: false };
}

function codeOf(errors: Command["errors"], error: Error): string | undefined {
  return Object.keys(errors).find((code) => error instanceof errors[code]!);
}

/** The name as Twisted's own answer shows it. */
export function unhandledCommand(name: string): Failure {
  const shown = name.replaceAll(/[^ -~]|["'\\]/g, (character) =>
    /["'\\]/.test(character)
      ? `\\${character}`
      : `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return { code: "UNHANDLED", description: `Unhandled Command: b'${shown}'`, isFatal: false };
}

export function errorBox(tag: Uint8Array, { code, description }: Failure): AmpBox {
  return new Map([
    ["_error", tag],
    ["_error_code", encoder.encode(code)],
    ["_error_description", asMuchAsFits(description)],
  ]);
}

/** The beginning of a text that is longer than a value may be. No character is cut. */
function asMuchAsFits(text: string): Uint8Array {
  const value = encoder.encode(text);
  if (value.length <= MOST_VALUE_BYTES) return value;
  return value.subarray(0, encoder.encodeInto(text, new Uint8Array(MOST_VALUE_BYTES)).written);
}

/** The value as text, or `undefined` when it is not in the box. */
export function textIn(box: AmpBox, name: string): string | undefined {
  const bytes = box.get(name);
  return bytes && decoder.decode(bytes);
}
