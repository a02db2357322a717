/** What the printed pages of documentation are made of. */

/** Stands at the top of each of them. */
export const printed = "<!-- Printed from the code by `npm run docs`; change it there. -->";

export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

export function code(text: string): string {
  return `\`${text}\``;
}
