import type { AMP } from "@trofie/reactor/amp";
import { Divide, Power, Sum } from "./commands.ts";

const QUOTIENT = /^ *-?\d+ *\/ *-?\d+ *$/;
const POWER = /^ *-?\d+ *\^ *-?\d+ *$/;
const SUM = /^ *-?\d+( *\+ *-?\d+)* *$/;

/** Calls the command that was typed as a formula: `7 / 2`, `2 ^ 10`, `1 + 2 + 3`. Resolves with its result. */
export async function ask(calculator: AMP, formula: string): Promise<number | bigint> {
  const numbers = formula.match(/-?\d+/g)?.map(BigInt) ?? [];
  const [first = 0n, second = 0n] = numbers;
  if (QUOTIENT.test(formula)) {
    const { quotient } = await calculator.callRemote(Divide, { numerator: first, denominator: second });
    return quotient;
  }
  if (POWER.test(formula)) {
    const { power } = await calculator.callRemote(Power, { base: first, exponent: second });
    return power;
  }
  if (SUM.test(formula)) {
    const { sum } = await calculator.callRemote(Sum, { numbers });
    return sum;
  }
  throw new Error("I understand 7 / 2, 2 ^ 10 and 1 + 2 + 3");
}
