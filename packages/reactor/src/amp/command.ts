import type { ArgumentTypes, Values } from "./values.ts";

/** Errors that may cross the wire, by their code: what a responder throws, and what the caller's promise rejects with. */
export type DeclaredErrors = Readonly<Record<string, new (message: string) => Error>>;

/** A command of AMP: its name and types, known to both sides. */
export interface Command<A extends ArgumentTypes = ArgumentTypes, R extends ArgumentTypes = ArgumentTypes> {
  readonly name: string;
  readonly args: A;
  readonly response: R;
  readonly errors: DeclaredErrors;
  /** As `errors`, and after the answer the connection is closed. */
  readonly fatalErrors: DeclaredErrors;
  /** False when nobody wants to know what became of it. */
  readonly requiresAnswer: boolean;
}

export interface CommandDeclaration<A extends ArgumentTypes, R extends ArgumentTypes> {
  readonly name: string;
  readonly args?: A;
  readonly response?: R;
  readonly errors?: DeclaredErrors;
  readonly fatalErrors?: DeclaredErrors;
  readonly requiresAnswer?: boolean;
}

/** What a responder gives back; nothing, where nothing need be given. */
export type Answer<R extends ArgumentTypes> = object extends Values<R> ? Values<R> | void : Values<R>;

/**
 * Declares a command.
 *
 * ```ts
 * const Divide = amp.command({
 *   name: "Divide",
 *   args: { numerator: amp.Integer, denominator: amp.Integer },
 *   response: { result: amp.Float },
 *   errors: { ZERO_DIVISION: RangeError },
 * });
 * ```
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- No arguments is what is meant.
export function command<A extends ArgumentTypes = {}, R extends ArgumentTypes = {}>(
  declaration: CommandDeclaration<A, R>,
): Command<A, R> {
  return {
    name: declaration.name,
    args: declaration.args ?? ({} as A),
    response: declaration.response ?? ({} as R),
    errors: declaration.errors ?? {},
    fatalErrors: declaration.fatalErrors ?? {},
    requiresAnswer: declaration.requiresAnswer ?? true,
  };
}
