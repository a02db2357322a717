/** What a station writes to serve a contract: one handler per method. */
import type {
  AnswerOf,
  CheckedInputOf,
  Command,
  Contract,
  MethodName,
  Operation,
  Query,
  Role,
} from "./contract.ts";

/** Who asks. `principal` names the person or the door they came through, not the connection. */
export interface Caller {
  readonly principal: string;
  readonly role: Role;
}

/**
 * What a command decided. Nothing has happened yet when a handler returns this: `record` writes it in the journal,
 * in the transaction that stores the verdict, and returns the answer; `start` starts it, after that is durable.
 */
export interface Decision<R> {
  readonly record: () => R;
  readonly start?: (answer: R) => void;
}

type QueryHandler<M> = (input: CheckedInputOf<M>, caller: Caller) => AnswerOf<M> | Promise<AnswerOf<M>>;
type CommandHandler<M> = (
  input: CheckedInputOf<M>,
  caller: Caller,
) => Decision<AnswerOf<M>> | Promise<Decision<AnswerOf<M>>>;

/** A handler refuses by throwing a `Refusal`; anything else it throws is our bug and crosses as `INTERNAL`. */
export type Handlers<C extends Contract> = {
  readonly [N in MethodName<C>]: C["methods"][N] extends Query
    ? QueryHandler<C["methods"][N]>
    : C["methods"][N] extends Command | Operation
      ? CommandHandler<C["methods"][N]>
      : never;
};
