import { isUtf8 } from "node:buffer";
import { toBytes, type Case, type Event, type Trace } from "./case.ts";

/**
 * The case that Twisted is given in place of this one, so that it does not show a fault that ours has not: see
 * `differences.ts`. A CR at the end of a chunk comes with the next chunk; at the end of all it ends no line.
 */
export function caseForTwisted(one: Case): Case {
  if (one.receiver !== "LineOnlyReceiver" || one.settings.delimiter === "\n") return one;
  return { ...one, chunks: keepReturnsWithNext(one.chunks) };
}

function keepReturnsWithNext(chunks: readonly string[]): string[] {
  const moved: string[] = [];
  let carried = "";
  for (const chunk of chunks) {
    const whole = carried + chunk;
    carried = whole.endsWith("\r") ? "\r" : "";
    moved.push(whole.slice(0, whole.length - carried.length));
  }
  return moved.filter((chunk) => chunk !== "");
}

/** What ours must say where Twisted says this: see `differences.ts`. */
export function expectedOfOurs({ receiver }: Case, trace: Trace): Trace {
  const open = untilClosed(trace);
  return receiver === "LineOnlyReceiver" ? open.map(lineOfText) : open;
}

function untilClosed(trace: Trace): Trace {
  const closing = trace.findIndex(([word]) => word === "close" || word === "abort");
  return closing === -1 ? trace : trace.slice(0, closing + 1);
}

function lineOfText(event: Event): Event {
  const [word, text = ""] = event;
  return word === "line" && !isUtf8(toBytes(text)) ? ["undecodable", text] : event;
}
