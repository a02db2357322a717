/**
 * Typed commands carried out exactly once, and events that can be resumed, over any ordered channel of messages.
 *
 * A contract is declared as data (`contract.ts`). A station serves it with `CommandServer`: handlers, a journal
 * (`event-log.ts`), and a door per way in. A client calls it with `Client`, over whatever opens a `Channel`:
 * `@trofie/commands/lines` on a reactor, `@trofie/commands/websocket` in a browser. The core imports nothing of Node.
 *
 * Words: the serving side is called the station. A session is one connection that was let in; the id of a client
 * outlives it.
 */
export * from "./channel.ts";
export * from "./client.ts";
export { ConnectionLostError } from "./client-session.ts";
export type { Proof, Prove } from "./opening.ts";
export * from "./contract.ts";
export * from "./errors.ts";
export * from "./event-log.ts";
export type { SnapshotReason } from "./event-pump.ts";
export type { Welcome } from "./from-station.ts";
export * from "./handlers.ts";
export type { OperationHandle } from "./operations.ts";
export type { Params } from "./json-rpc.ts";
export { NoAnswerError, NotSentError } from "./outbox.ts";
export type { OutboxStore, SavedCommand } from "./outbox-store.ts";
export { stationForgotText, type StationForgot } from "./station-forgot.ts";
export { CommandServer, type CommandServerOptions } from "./server.ts";
export type { Admitted, Door, Doubt, GoodbyeReason, ServerSession } from "./server-session.ts";
export { uuid4, uuid7 } from "./uuid.ts";
