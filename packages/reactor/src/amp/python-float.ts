/** The number as Python's `repr` writes it: the same shortest digits as ours, but other rules for where to point. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const [, sign = "", first = "", rest = "", exponentText = "0"] =
    /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(value.toExponential()) ?? [];
  const exponent = Number(exponentText);
  const digits = first + rest;
  if (exponent < -4 || exponent >= 16) return `${sign}${scientific(first, rest, exponent)}`;
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

function scientific(first: string, rest: string, exponent: number): string {
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${first}${rest && `.${rest}`}e${exponent < 0 ? "-" : "+"}${size}`;
}
