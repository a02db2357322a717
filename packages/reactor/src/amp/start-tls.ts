import { command } from "./command.ts";

/** Asks for TLS after its answer. Twisted's own; its arguments do not cross the wire. */
export const StartTLS = command({ name: "StartTLS" });
