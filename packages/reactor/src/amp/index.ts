/**
 * AMP: typed commands between two peers, many at a time, with the bytes of Twisted's `twisted.protocols.amp`.
 *
 * @module
 */
export { AMP, type CallOptions } from "./amp.ts";
export {
  command,
  type Answer,
  type Command,
  type CommandDeclaration,
  type DeclaredErrors,
} from "./command.ts";
export {
  Boolean,
  Decimal,
  Float,
  Integer,
  ListOf,
  optional,
  String,
  Unicode,
  type Argument,
  type OptionalArgument,
} from "./arguments.ts";
export { DateTime } from "./date-time.ts";
export { AmpList, type ArgumentTypes, type Values } from "./values.ts";
export { parseBoxes, serializeBox, type AmpBox } from "./box.ts";
export { BoxParser, type BrokenBox, type FoundBox } from "./box-parser.ts";
export {
  ProtocolSwitchedError,
  RemoteAmpError,
  UnhandledCommandError,
  UnknownAnswerError,
  UnknownRemoteError,
} from "./amp-errors.ts";
