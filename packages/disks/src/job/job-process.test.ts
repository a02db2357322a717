import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** The addresses of all modules that a job's process loads for one kind of work, beside those that it always loads. */
function modulesOf(work: string): string[] {
  const program = `
    import { registerHooks } from "node:module";
    const urls = new Set();
    registerHooks({ resolve: (specifier, context, next) => {
      const found = next(specifier, context);
      urls.add(found.url);
      return found;
    } });
    await import(${JSON.stringify(`${import.meta.dirname}/../${work}`)});
    console.log(JSON.stringify([...urls]));`;
  const options = ["--conditions=trofie-source", "--input-type=module", "--eval", program];
  return JSON.parse(execFileSync(process.execPath, options, { encoding: "utf8" }));
}

test.each(["erase/erase.ts", "verify/verify.ts"])(
  "the process of a job stays small: %s loads no schemas, no firmware and no plans",
  (work) => {
    const urls = modulesOf(work);
    expect(urls.length).toBeGreaterThan(20);
    expect(urls.filter((url) => /\/zod\/|contract\/src\/index|\/firmware\/|make-plan/.test(url))).toEqual([]);
  },
);
