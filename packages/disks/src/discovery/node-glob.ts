/** Globs as Node.js has them: `*`, `?`, `[…]` and `{…}`, by path; a leading dot only where it is written. */
export { matchesGlob } from "node:path";
