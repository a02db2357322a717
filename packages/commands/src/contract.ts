/**
 * How a contract is declared: as data. One declaration of a method gives its types, the check at the door, the
 * client's call and the reference.
 *
 * Schemas are Standard Schema v1 (https://standardschema.dev), so zod, valibot and arktype all fit. They must
 * validate synchronously: a message is either good or refused before anything else happens.
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";

/** Who may call a method; each role may do all that the roles before it may. */
export const roles = ["viewer", "operator", "admin"] as const;
export type Role = (typeof roles)[number];

/** What is given, and what it is once it is checked: the same, but for members left out that have a default. */
type Schema<Given = unknown, Checked = Given> = StandardSchemaV1<Given, Checked>;

interface Declared<I, R, C> {
  readonly input: Schema<I, C>;
  readonly result: Schema<R>;
  /** The codes it may be refused with, besides the protocol's own. */
  readonly errors: readonly string[];
  readonly role: Role;
}

/** Reads and changes nothing: answered at once, not recorded, may be asked again at will. */
export interface Query<I = unknown, R = unknown, C = I> extends Declared<I, R, C> {
  readonly kind: "query";
}

/** Changes something: carried out exactly once, its verdict is recorded before it is answered. */
export interface Command<I = unknown, R = unknown, C = I> extends Declared<I, R, C> {
  readonly kind: "command";
}

/** A command that starts a job: answered with `{ job }`; its progress and its result arrive later, as events. */
export interface Operation<I = unknown, P = unknown, R = unknown, C = I> extends Declared<I, R, C> {
  readonly kind: "operation";
  readonly progress: Schema<P>;
}

export type Method = Query | Command | Operation;

/** A change of state with a sequence number: `schema` is the shape of its body. */
export interface Event<B = unknown> {
  readonly schema: Schema<B>;
}

export interface Contract {
  readonly methods: Readonly<Record<string, Method>>;
  readonly events: Readonly<Record<string, Event>>;
}

export const query = <I, R, C>(declared: Omit<Query<I, R, C>, "kind">): Query<I, R, C> => ({
  kind: "query",
  ...declared,
});

export const command = <I, R, C>(declared: Omit<Command<I, R, C>, "kind">): Command<I, R, C> => ({
  kind: "command",
  ...declared,
});

export const operation = <I, P, R, C>(
  declared: Omit<Operation<I, P, R, C>, "kind">,
): Operation<I, P, R, C> => ({
  kind: "operation",
  ...declared,
});

export const event = <B>(schema: Schema<B>): Event<B> => ({ schema });

/** What a caller gives: members that have a default may be left out. */
export type InputOf<M> = M extends { input: Schema<infer I, unknown> } ? I : never;
/** What a handler receives: checked, every default filled in. */
export type CheckedInputOf<M> = M extends { input: Schema<unknown, infer C> } ? C : never;
export type ProgressOf<M> = M extends { progress: Schema<infer P> } ? P : never;
/** What a job ends with (operations), or what the answer holds (queries and commands). */
export type ResultOf<M> = M extends { result: Schema<infer R> } ? R : never;
/** What is answered at once: an operation's answer is the job it started. */
export type AnswerOf<M> = M extends Operation ? { job: string } : ResultOf<M>;
export type BodyOf<E> = E extends Event<infer B> ? B : never;
export type MethodName<C extends Contract> = keyof C["methods"] & string;

/** The methods of a contract that are of one kind. */
export type MethodOfKind<C extends Contract, K extends Method["kind"]> = {
  [N in MethodName<C>]: C["methods"][N]["kind"] extends K ? N : never;
}[MethodName<C>];

/** True when `role` may do what `needed` asks for. */
export function mayActAs(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
