/** Throws a `RangeError` that names the first of the numbers that is not good, NaN included; what is left out is good. */
export function checkNumber(
  what: string,
  numbers: Readonly<Record<string, number | undefined>>,
  isGood: (value: number) => boolean = (value) => value > 0,
): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value !== undefined && !isGood(value)) throw new RangeError(`Cannot ${what}: ${name} is ${value}`);
  }
}
