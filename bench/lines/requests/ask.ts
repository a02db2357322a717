/**
 * A client's process: `ask.js TECHNOLOGY PORT CONNECTIONS DEPTH WINDOW`. Keeps as many commands of 32 bytes in flight,
 * compares every answer, and prints how many came per second.
 */
import { countInWindow, type Window } from "../load/count-in-window.ts";
import { type Ask } from "./technology.ts";
import { loadTechnology } from "./technologies.ts";

const [name, port, connections, depth, window = ""] = process.argv.slice(2);
const commands = Array.from({ length: 1_000 }, (_, index) => `command ${index}`.padEnd(32, "."));
let asked = 0;
let answers = 0;

function keepAsking(ask: Ask) {
  let command = "";
  const next = () => {
    asked += 1;
    command = commands[asked % commands.length]!;
    ask(command, answered);
  };
  const answered = (answer: string) => {
    if (answer !== command) throw new Error(`Wrong answer to ${command}: ${answer}`);
    answers += 1;
    next();
  };
  next();
}

const technology = await loadTechnology(name);
for (let connection = 0; connection < Number(connections); connection += 1) {
  const ask = await technology.connect(Number(port));
  for (let slot = 0; slot < Number(depth); slot += 1) keepAsking(ask);
}
const counted = await countInWindow(JSON.parse(window) as Window, () => answers);
console.log(JSON.stringify(counted));
process.exit();
