import * as amp from "@trofie/reactor/amp";

/** Nobody can divide by zero; the server says so in its answer. */
export class DivisionByZero extends Error {
  override readonly name = "DivisionByZero";
}

/** What the calculator can do: both sides, and the type checker, know it from here. */
export const Divide = amp.command({
  name: "Divide",
  args: { numerator: amp.Integer, denominator: amp.Integer },
  response: { quotient: amp.Float },
  errors: { DIVISION_BY_ZERO: DivisionByZero },
});

export const Power = amp.command({
  name: "Power",
  args: { base: amp.Integer, exponent: amp.Integer },
  response: { power: amp.Integer },
});

export const Sum = amp.command({
  name: "Sum",
  args: { numbers: amp.ListOf(amp.Integer) },
  response: { sum: amp.Integer },
});
