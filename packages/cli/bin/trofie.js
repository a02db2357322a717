#!/usr/bin/env node
// Plain JavaScript, so that an older Node.js can say what is missing instead of failing on the syntax.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(`trofie needs Node.js 24.15 or newer: this is ${process.versions.node}\n`);
  process.exit(2);
}

const source = fileURLToPath(new URL("../src/main.ts", import.meta.url));
// In a checkout the sources are run; a published package has only what was compiled.
if (existsSync(source)) {
  process.removeAllListeners("warning"); // execve(2) is called experimental
  const args = ["--conditions=trofie-source", source, ...process.argv.slice(2)];
  process.execve(process.execPath, [process.execPath, ...args], process.env);
}
await import("../dist/main.js");
