import { channel } from "node:diagnostics_channel";
import type { Address } from "./address.ts";

const refusals = channel("trofie.reactor.refusal");

/** What `diagnostics_channel.subscribe("trofie.reactor.refusal", …)` is told. */
export interface RefusedConnection {
  readonly peer: Address;
  readonly why: string;
}

/** Tells of a connection that was not taken. */
export function reportRefusal(refusal: RefusedConnection): void {
  refusals.publish(refusal);
}
