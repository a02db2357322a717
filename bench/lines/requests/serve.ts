/** A server's process: `serve.js TECHNOLOGY`. */
import { loadTechnology } from "./technologies.ts";

const technology = await loadTechnology(process.argv[2]);
console.log(`listening on ${await technology.serve()}`);
