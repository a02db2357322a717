import { AMP } from "@trofie/reactor/amp";
import { Divide, DivisionByZero, Power, Sum } from "./commands.ts";

/** Answers each command with its result, or with an error that the command declares. */
export class Calculator extends AMP {
  override connectionMade() {
    this.responder(Divide, ({ numerator, denominator }) => {
      if (Number(denominator) === 0) throw new DivisionByZero(`Cannot divide ${numerator} by zero`);
      return { quotient: Number(numerator) / Number(denominator) };
    });

    // A bug: nobody has thought of negative exponents. It answers the one call, and leaves all others alone.
    this.responder(Power, ({ base, exponent }) => ({ power: BigInt(base) ** BigInt(exponent) }));

    this.responder(Sum, ({ numbers }) => ({
      sum: numbers.reduce<bigint>((sum, number) => sum + BigInt(number), 0n),
    }));
  }
}
