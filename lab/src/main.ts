/** The lab's command line: to practise by hand, and to prepare it. Run it with `npm run lab -- COMMAND`. */
import { loopHelp, practiseLoop } from "./practice/practise-loop.ts";
import { machineHelp, practiseMachine } from "./practice/practise-machine.ts";
import { say } from "./practice/prompt.ts";
import { prepareMachine } from "./setup/prepare-machine.ts";

const help = `\
npm run lab -- COMMAND [options]

${loopHelp}

${machineHelp}

setup: installs and unpacks what the lab needs (as root; about 20 seconds, once)

The scenarios run with: npm run lab:test`;

const [command = "help", ...args] = process.argv.slice(2);
try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

/** The exit code. */
async function run(): Promise<number> {
  switch (command) {
    case "loop":
      await practiseLoop(args);
      return 0;
    case "machine":
      await practiseMachine(args);
      return 0;
    case "setup":
      prepareMachine(say);
      say("The lab is ready");
      return 0;
    case "help":
    case "--help":
      say(help);
      return 0;
    default:
      process.stderr.write(`No such command: ${command}. Try --help\n`);
      return 2;
  }
}
