import { NotConnectedError, ProtocolError } from "../errors.ts";
import type { Factory } from "../factory.ts";
import type { Handled, Protocol } from "../protocol.ts";
import { type Parser, Receiver } from "../receiver.ts";
import type { TlsSide } from "../tls/tls-side.ts";
import type { Transport } from "../transport.ts";
import { ProtocolSwitchedError, UnknownAnswerError } from "./amp-errors.ts";
import { errorBox, textIn, unhandledCommand } from "./answers.ts";
import { type AmpBox, serializeBox } from "./box.ts";
import { BoxParser, type FoundBox } from "./box-parser.ts";
import type { Answer, Command } from "./command.ts";
import { type AskOptions, Questions } from "./questions.ts";
import { StartTLS } from "./start-tls.ts";
import { answering, type Reply, type Responder, switching } from "./responder.ts";
import { type ArgumentTypes, boxToValues, type Values, valuesToBox } from "./values.ts";

export interface CallOptions {
  /** Stops waiting for the answer; the peer carries the command out all the same. */
  readonly signal?: AbortSignal;
}

/** With more responders at work than this, the peer is read no further. */
const MOST_RUNNING = 1_000;

const encoder = new TextEncoder();

/**
 * Twisted's Asynchronous Messaging Protocol: both sides call commands of the other, many at a time, and answers
 * come in any order. The bytes are Twisted's; but a bug in one responder answers that one command (`UNKNOWN`) and
 * leaves the connection and the other commands alone.
 *
 * ```ts
 * class Calculator extends AMP {
 *   override connectionMade() {
 *     this.responder(Divide, ({ numerator, denominator }) => ({ result: Number(numerator) / Number(denominator) }));
 *   }
 * }
 *
 * const { result } = await calculator.callRemote(Divide, { numerator: 10, denominator: 4 });
 * ```
 */
export class AMP<F extends object = Factory<object>> extends Receiver<FoundBox, F> {
  /** The longest box that is taken. */
  readonly maxBoxBytes: number = 4 * 1024 * 1024;

  readonly #responders = new Map<string, Responder>();
  readonly #questions = new Questions();
  #running = 0;
  #room: PromiseWithResolvers<void> | undefined;
  /** Another protocol has the connection, or will have it when the peer agrees. */
  #isSwitching = false;
  /** The peer was asked for TLS; nothing is said in the clear meanwhile. */
  #securing: Promise<unknown> | undefined;

  /**
   * Says what answers a command: its result, an error that it declares, or a promise of one. Many run at a time.
   * A method of a subclass may say it again, and the last one counts.
   */
  responder<A extends ArgumentTypes, R extends ArgumentTypes>(
    command: Command<A, R>,
    respond: (args: Values<A>) => Answer<R> | Promise<Answer<R>>,
  ): void {
    this.#responders.set(command.name, answering(this, command, respond));
  }

  /** Answers a command by giving the connection to the protocol that `respond` makes; Twisted's `ProtocolSwitchCommand`. */
  switchResponder<A extends ArgumentTypes, R extends ArgumentTypes>(
    command: Command<A, R>,
    respond: (args: Values<A>) => Protocol<object> | Promise<Protocol<object>>,
  ): void {
    this.#responders.set(
      command.name,
      switching(this, command, respond, (protocol) => this.#switchTo(protocol)),
    );
  }

  /**
   * Calls a command of the peer. Rejects with an error that the command declares, `UnhandledCommandError`,
   * `UnknownRemoteError`, `TooLongError`, or `NotConnectedError` when the connection ends first. A command that
   * requires no answer is done when it is written.
   */
  async callRemote<A extends ArgumentTypes, R extends ArgumentTypes>(
    command: Command<A, R>,
    args: Values<A>,
    { signal }: CallOptions = {},
  ): Promise<Values<R>> {
    const answer = await this.#ask(command, args, { signal });
    return boxToValues(command.response, answer);
  }

  /**
   * Calls a command whose responder switches the connection to another protocol, and when it agrees, switches this
   * end to `makeProtocol()`. Until then no other command can be called.
   */
  async callRemoteToSwitch<A extends ArgumentTypes, P extends Protocol<object>>(
    command: Command<A>,
    args: Values<A>,
    makeProtocol: () => P,
  ): Promise<P> {
    if (this.#securing) await this.#securing;
    if (this.#isSwitching) throw new ProtocolSwitchedError();
    let protocol: P | undefined;
    const asked = this.#ask(command, args, {
      settled: (wasAnswered) => {
        this.#isSwitching = wasAnswered;
        if (wasAnswered) this.#switchTo((protocol = makeProtocol()));
      },
    });
    this.#isSwitching = true;
    try {
      await asked;
    } catch (error) {
      this.#isSwitching = protocol !== undefined;
      throw error;
    }
    return protocol!;
  }

  /** Answers Twisted's `StartTLS` command, and then secures the connection; our side of it is what `respond` gives. */
  startTlsResponder(respond: () => TlsSide | Promise<TlsSide>): void {
    this.#responders.set(
      StartTLS.name,
      switching(this, StartTLS, respond, (side) => this.transport.startTls(side)),
    );
  }

  /**
   * Asks the peer for TLS, and secures the connection when it agrees. Commands and answers wait for it. Rejects as
   * `callRemote` and `transport.startTls` do.
   */
  async callRemoteToStartTls(side: TlsSide): Promise<void> {
    let secured: Promise<void> | undefined;
    const asked = this.#ask(
      StartTLS,
      {},
      {
        settled: (wasAnswered) => {
          secured = wasAnswered ? this.transport.startTls(side) : undefined;
          return secured;
        },
      },
    );
    const securing = asked.then(() => secured);
    this.#securing = securing.catch(() => {}).finally(() => (this.#securing = undefined));
    await securing;
  }

  /** The peer answered what was not asked, or answered it twice. Ends the connection, unless overridden. */
  unknownAnswerReceived(error: UnknownAnswerError): Handled {
    throw error;
  }

  override makeConnection(transport: Transport): Handled {
    void transport.closed.then(() => this.#questions.end());
    return super.makeConnection(transport);
  }

  protected override makeParser(): Parser<FoundBox> {
    return new BoxParser(this.maxBoxBytes);
  }

  protected override messageReceived(box: FoundBox): Handled {
    if (!(box instanceof Map)) throw new ProtocolError(`Cannot read the box: ${box.why}`);
    if (box.has("_command")) return this.#commandReceived(box);
    try {
      return this.#answerReceived(box);
    } catch (error) {
      if (error instanceof UnknownAnswerError) return this.unknownAnswerReceived(error);
      throw error;
    }
  }

  async #ask<A extends ArgumentTypes>(
    command: Command<A>,
    args: Values<A>,
    options: AskOptions,
  ): Promise<AmpBox> {
    if (this.#securing) await this.#securing;
    options.signal?.throwIfAborted();
    if (!this.transport || this.transport.disconnecting)
      throw new NotConnectedError("there is no connection");
    if (this.#isSwitching) throw new ProtocolSwitchedError();
    const box: AmpBox = new Map();
    valuesToBox(command.args, args, box);
    box.set("_command", encoder.encode(command.name));
    if (!command.requiresAnswer) {
      this.transport.write(serializeBox(box));
      return new Map();
    }
    const tag = this.#questions.nextTag();
    box.set("_ask", encoder.encode(tag));
    this.transport.write(serializeBox(box));
    return this.#questions.ask(tag, command, options);
  }

  #answerReceived(box: AmpBox): Handled {
    const answer = textIn(box, "_answer");
    if (answer !== undefined) return this.#questions.answered(answer, box);
    const error = textIn(box, "_error");
    if (error === undefined) throw new ProtocolError("Cannot take the box: it is neither command nor answer");
    const description = textIn(box, "_error_description") ?? "";
    return this.#questions.failed(error, textIn(box, "_error_code") ?? "", description);
  }

  #commandReceived(box: AmpBox): Handled {
    const name = textIn(box, "_command") ?? "";
    const responder = this.#responders.get(name);
    if (!responder) return this.#reply(box, { failure: unhandledCommand(name) });
    const done = responder.respond(box).then((reply) => this.#reply(box, reply));
    if (responder.changesProtocol) return done;
    this.#running += 1;
    done.then(
      () => this.#ran(),
      () => this.#ran(),
    );
    if (this.#running > MOST_RUNNING) return (this.#room ??= Promise.withResolvers()).promise;
  }

  #ran(): void {
    this.#running -= 1;
    if (this.#running > MOST_RUNNING / 2) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** An answer that comes too late, or that nobody wants, goes nowhere. */
  #reply(question: AmpBox, reply: Reply): Handled {
    if (this.#securing) return this.#securing.then(() => this.#reply(question, reply));
    const tag = question.get("_ask");
    if (!tag || this.#isSwitching || this.transport.disconnecting) return;
    if ("failure" in reply) {
      this.transport.write(serializeBox(errorBox(tag, reply.failure)));
      if (reply.failure.isFatal) void this.transport.loseConnection();
      return;
    }
    this.transport.write(serializeBox(new Map([...reply.box, ["_answer", tag]])));
    return reply.afterwards?.();
  }

  #switchTo(protocol: Protocol<object>): void {
    this.#isSwitching = true;
    this.transport.switchProtocol(protocol, this.takeRest());
  }
}
