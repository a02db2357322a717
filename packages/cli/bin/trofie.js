#!/usr/bin/env -S node --conditions=trofie-source
// Plain JavaScript, so that an older Node.js can say what is missing instead of failing on the syntax.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  process.stderr.write(`trofie needs Node.js 24.15 or newer; this is ${process.versions.node}\n`);
  process.exit(2);
}
await import("../src/main.ts");
