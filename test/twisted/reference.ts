import { isUtf8 } from "node:buffer";
import { toBytes, type Case, type Event, type Settings, type Trace } from "./case.ts";

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
export function expectedOfOurs(one: Case, trace: Trace): Trace {
  return untilClosed(trace).flatMap((event) => expectedEvents(one, event));
}

function untilClosed(trace: Trace): Trace {
  const closing = trace.findIndex(([word]) => word === "close" || word === "abort");
  return closing === -1 ? trace : trace.slice(0, closing + 1);
}

function expectedEvents({ receiver, settings }: Case, event: Event): Trace {
  const [word, text = ""] = event;
  if (word === "line" && !isUtf8(toBytes(text))) return [["undecodable", text]];
  if (word === "rest")
    return receiver === "LineReceiver" ? restOfLine(text, settings) : restOfNetstring(text);
  if (word === "write" && receiver === "NetstringReceiver") return [sentNetstring(event, settings)];
  return [event];
}

/** Ours complains of a line as soon as it is too long, Twisted when it is longer by the length of its end. */
function restOfLine(rest: string, { maxLength, delimiter }: Settings): Trace {
  const isHalfEnd = delimiter === "\r\n" && rest.endsWith("\r");
  return rest.length - Number(isHalfEnd) > maxLength ? [["too-long"], ["close"]] : [];
}

/** Twisted takes a length followed by LF for one that has not ended; until the next byte comes. */
function restOfNetstring(rest: string): Trace {
  return rest.endsWith("\n") ? [["close"]] : [];
}

/** Ours refuses to send what it would not take. */
function sentNetstring(event: Event, { maxLength }: Settings): Event {
  return Number.parseInt(event[1]!, 10) > maxLength ? ["refused"] : event;
}
