/** Lines as docs/protocol.md says they are, found the plain way: what a line splitter must find, however it is cut. */
import { maxBytesAfterOpen } from "@trofie/commands";

const LF = 10;
const CR = 13;

export type ToldLine =
  | { readonly kind: "text"; readonly text: string; readonly lengthBytes: number }
  | { readonly kind: "undecodable" }
  | { readonly kind: "too long" };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Keeps all that was said of a line that has not ended. */
export class ToldLines {
  #tail: Uint8Array = new Uint8Array(0);

  /** The lines that end in `bytes`, the empty ones left out. */
  *take(bytes: Uint8Array): Generator<ToldLine> {
    let rest = this.#tail.length === 0 ? bytes : Buffer.concat([this.#tail, bytes]);
    for (let lf = rest.indexOf(LF); lf !== -1; lf = rest.indexOf(LF)) {
      const line = rest.subarray(0, lf);
      rest = rest.subarray(lf + 1);
      if (line.length === 0 || (line.length === 1 && line[0] === CR)) continue;
      yield lineOf(line);
    }
    this.#tail = rest;
    if (rest.length > maxBytesAfterOpen) yield { kind: "too long" };
  }
}

function lineOf(line: Uint8Array): ToldLine {
  if (line.length > maxBytesAfterOpen) return { kind: "too long" };
  try {
    return { kind: "text", text: decoder.decode(line), lengthBytes: line.length };
  } catch {
    return { kind: "undecodable" };
  }
}
