/** What a station tells of itself and of what was tried on it, for whoever looks into it later. */
import * as z from "zod";

/** A command was refused, and will be refused for ever: with wrong parameters it is not even recorded. */
export const CommandRejected = z.strictObject({
  cmd: z.string(),
  method: z.string(),
  /** Who gave it: the person, or the door they came through. */
  principal: z.string(),
  code: z.string(),
  message: z.string(),
});

/** The wall clock was set: by how much, forward or back, besides the time that has passed. */
export const ClockJumped = z.strictObject({ byMs: z.int() });

/** Events can be recorded again, which the full disk of the state folder has kept from it. */
export const JournalWritable = z.strictObject({ fullSince: z.string() });

/** The first event of a journal that took the place of a damaged one: where that was put. */
export const JournalReplaced = z.strictObject({ putAside: z.string() });

/**
 * A client has read more events than there are (`rolled-back`) or others (`rewritten`): the journal is an older copy of
 * itself, or somebody has changed it. What the client has heard since `since` is not in it.
 */
export const JournalDoubted = z.strictObject({
  how: z.enum(["rolled-back", "rewritten"]),
  client: z.string(),
  agent: z.string(),
  since: z.int(),
});
