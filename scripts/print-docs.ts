/**
 * Prints the pages of documentation that follow from the code. `npm run docs` writes them; a test compares them.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCodes, stationContract } from "@trofie/contract";
import { format } from "prettier";
import { contractSchema } from "../packages/contract/src/contract-schema.ts";
import { printed, table } from "./markdown.ts";
import { methodsPage } from "./methods-page.ts";

const root = join(import.meta.dirname, "..");
function errorsPage(): string {
  const rows = Object.entries(errorCodes).map(([word, { number, final, meaning }]) => [
    `\`${word}\``,
    number,
    final ? "yes" : "no",
    meaning,
  ]);
  return `# Error codes
${printed}

A refusal crosses the wire as a JSON-RPC error: \`{ code, message, data: { code, final, recorded, … } }\`. Programs look
at the word in \`data.code\`; it never changes meaning. \`final\`: sending the same again does not help; otherwise it
does. \`recorded\`: the refusal is in the journal, and the same command gets it for ever.

${table(["code", "number", "final", "meaning"], rows)}
`;
}

function contractPage(): string {
  const rows = Object.entries(stationContract.methods).map(([name, { kind, role, errors }]) => [
    `\`${name}\``,
    kind,
    role,
    errors.map((code) => `\`${code}\``).join(" "),
  ]);
  const events = Object.keys(stationContract.events).map((type) => `\`${type}\``);
  return `# Methods and events of a station
${printed}

A query reads; a command changes something, exactly once; an operation is a command that starts a job. \`role\` is the
least that may call it. The errors are those of the method itself; \`docs/errors.md\` says what they mean. The shapes of
parameters, answers and events are in [contract.schema.json](contract.schema.json), as JSON Schema.

${table(["method", "kind", "role", "errors"], rows)}

Events: ${events.join(", ")}.
`;
}

/** The pages, by their paths in the repository. */
export async function printDocs(): Promise<ReadonlyMap<string, string>> {
  const pages = { errors: errorsPage(), contract: contractPage(), methods: methodsPage() };
  const formatted = Object.entries(pages).map(
    async ([name, text]) =>
      [`docs/${name}.md`, await format(text, { parser: "markdown", printWidth: 110 })] as const,
  );
  const schema = await format(contractSchema(), { parser: "json", printWidth: 110 });
  return new Map([...(await Promise.all(formatted)), ["docs/contract.schema.json", schema]]);
}

if (import.meta.main) for (const [path, text] of await printDocs()) writeFileSync(join(root, path), text);
