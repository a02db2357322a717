import { asError } from "../as-error.ts";
import type { Handled } from "../protocol.ts";
import { type Failure, failureOf } from "./answers.ts";
import { type AmpBox, serializeBox } from "./box.ts";
import type { Answer, Command } from "./command.ts";
import { type ArgumentTypes, boxToValues, type Values, valuesToBox } from "./values.ts";

/** What goes back to the one who asked. */
export type Reply = AnswerReply | { readonly failure: Failure };

interface AnswerReply {
  readonly box: AmpBox;
  /** Done as soon as the answer is written. */
  readonly afterwards?: () => Handled;
}

export interface Responder {
  /** What comes after the command is not for AMP: read nothing more before it is answered. */
  readonly changesProtocol: boolean;
  /** Never rejects. */
  respond(box: AmpBox): Promise<Reply>;
}

/** Answers with what `respond` gives back. */
export function answering<A extends ArgumentTypes, R extends ArgumentTypes>(
  source: object,
  command: Command<A, R>,
  respond: (args: Values<A>) => Answer<R> | Promise<Answer<R>>,
): Responder {
  return responder(source, command, false, async (args) => {
    const box: AmpBox = new Map();
    valuesToBox(command.response, (await respond(args)) ?? {}, box);
    serializeBox(box); // Throws what could not be sent, while there is still somebody to tell.
    return { box };
  });
}

/** Answers with nothing, and then changes the connection to what `respond` gives: a protocol, a side of TLS. */
export function switching<A extends ArgumentTypes, R extends ArgumentTypes, T>(
  source: object,
  command: Command<A, R>,
  respond: (args: Values<A>) => T | Promise<T>,
  switchTo: (what: T) => Handled,
): Responder {
  return responder(source, command, true, async (args) => {
    const what = await respond(args);
    return { box: new Map(), afterwards: () => switchTo(what) };
  });
}

function responder<A extends ArgumentTypes, R extends ArgumentTypes>(
  source: object,
  command: Command<A, R>,
  changesProtocol: boolean,
  respond: (args: Values<A>) => Promise<AnswerReply>,
): Responder {
  return {
    changesProtocol,
    async respond(box) {
      try {
        return await respond(boxToValues(command.args, box));
      } catch (error) {
        return { failure: failureOf(command, asError(error), source) };
      }
    },
  };
}
