/** Asking after a command that an earlier life of a client has given and has no verdict of. */
import { Refusal } from "./errors.ts";
import type { Params } from "./json-rpc.ts";
import type { Send } from "./outbox.ts";
import type { SavedCommand } from "./outbox-store.ts";

/** Stands in the place of the epoch, and is no station's: that is 32 digits of hex. */
export const takenBack = "taken back";

/**
 * Makes sure that a command is never carried out any more, unless it was already. Null when the station had not had it,
 * and now has it as refused, so that a late copy is refused too; else the answer that it was given, or its `Refusal`.
 *
 * By its id, which a station looks up before anything else: with another epoch it is another content, which is refused
 * as `COMMAND_ID_REUSED` where the id is known, and recorded as `EPOCH_CHANGED` where it is not.
 */
export async function takeBack(send: Send, { method, params }: SavedCommand): Promise<Params | null> {
  try {
    return await send(method, { ...params, epoch: takenBack });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "EPOCH_CHANGED") return null;
    if (error.code !== "COMMAND_ID_REUSED") throw error;
  }
  return send(method, params);
}
