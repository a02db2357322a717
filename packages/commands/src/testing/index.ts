/** For the tests of this package and of everybody who serves a contract: a journal in memory. */
export { MemoryJournal } from "./memory-journal.ts";
