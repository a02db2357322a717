/** For the tests of this package and of everybody who serves or calls a contract: a journal and an outbox in memory. */
export { MemoryJournal } from "./memory-journal.ts";
export { MemoryOutbox } from "./memory-outbox.ts";
