import { channel } from "node:diagnostics_channel";

const faults = channel("trofie.reactor.fault");

/** What `diagnostics_channel.subscribe("trofie.reactor.fault", …)` is told. */
export interface Fault {
  readonly error: Error;
  /** The protocol or factory whose handler threw. */
  readonly source: object;
}

/**
 * Tells of a handler that threw. Subscribers of the channel decide what to do with it; with none, it becomes a
 * warning of the process, because a bug that nobody hears of is worse than noise.
 */
export function reportFault(fault: Fault): void {
  if (faults.hasSubscribers) faults.publish(fault);
  else process.emitWarning(fault.error);
}
