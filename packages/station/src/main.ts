/** The station's program: reads its arguments, starts a station, says where it listens, serves until it is told to end. */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { Refusal } from "@trofie/commands";
import { defaultPaths } from "@trofie/contract";
import type { LinuxDiskHost } from "@trofie/disks";
import { asError } from "@trofie/reactor";
import { diskHostOf } from "./disk-folders.ts";
import { StartError } from "./start-error.ts";
import type { Listening } from "./doors.ts";
import { isFatal } from "./journal.ts";
import { Station } from "./station.ts";

/** 70 is EX_SOFTWARE of sysexits(3): a supervisor may start the station again. */
const exitCannotStart = 1;
const exitUsage = 2;
const exitSoftware = 70;

const paths = defaultPaths(process.env, process.getuid?.() === 0);

const usage = `usage: trofie station [--state DIR] [--socket PATH] [--port N] [--http N] [--practice DIR] [--images DIR]
                      [--protect NAME]... [--at-once-per-bus N] [--recover] [--json]

  --state DIR     where journal, token and reports are kept      (${paths.state})
  --socket PATH   the UNIX socket to listen on                   (${paths.socket})
  --port N        also listen on TCP port N of 127.0.0.1         (none; 0: any free one)
  --http N        serve the page on port N of 127.0.0.1          (none; 0: any free one)
  --practice DIR  treat the files in DIR as disks to practise on (none)
  --images DIR    write the images in DIR to disks, and read disks into new ones there (none)
  --protect NAME  never write to that disk, nor unmount or stop it; NAME is serial:…, wwn:…, a path or link from / on, or a
                  glob such as '/dev/disk/by-path/*-ata-1'. More than once for more disks, and one NAME a line in the
                  file "protected" in the state folder. It is read at the start, and a link looked up each time
  --at-once-per-bus N
                  have at most N jobs at work at once behind one controller or USB hub; the others wait (no limit)
  --recover       put a damaged journal aside, under a new name, and begin a new one: no job of before is known then
  --json          print where it listens as one line of JSON

TROFIE_STATE and TROFIE_SOCKET change the folder and the socket that are used without options.
`;

let stopping: Promise<void> | undefined;
const { protect = [], ...options } = readArguments();
// Nobody has to read what a station says: its jobs go on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
/** A terminal that started this station holds a channel to it, which closes when that terminal is gone. */
const isAlone = once(process, "disconnect");
/** After a mistake of ours nobody knows what still holds: the next process reads what does from the journal. */
process.on("uncaughtException", (error) => {
  log(asError(error).stack ?? asError(error).message);
  process.exit(exitSoftware);
});
const station = await start();
say(station.listening);
/** SIGTERM is how a supervisor ends a service that it starts again; Ctrl-C is somebody who has had enough. */
process.on("SIGTERM", () => void stop("restarting"));
process.on("SIGINT", () => void stop("closing"));
void isAlone.then(() => stop("closing"));

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        state: { type: "string" },
        socket: { type: "string" },
        port: { type: "string" },
        http: { type: "string" },
        practice: { type: "string" },
        images: { type: "string" },
        protect: { type: "string", multiple: true },
        "at-once-per-bus": { type: "string" },
        recover: { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    return values;
  } catch (error) {
    return fail(exitUsage, asError(error).message, `\n${usage}`);
  }
}

async function start(): Promise<Station> {
  const statePath = options.state ?? paths.state;
  try {
    const host = diskHostOf({
      state: statePath,
      practice: options.practice ?? null,
      images: options.images ?? null,
      protect,
    });
    const started = await Station.start({
      host,
      statePath,
      socketPath: options.socket ?? paths.socket,
      port: portOption("port"),
      httpPort: portOption("http"),
      atOncePerBus: countOption("at-once-per-bus"),
      recover: options.recover === true,
      onError,
      say: log,
    });
    void tellAbsent(host);
    return started;
  } catch (error) {
    if (error instanceof StartError || error instanceof Refusal) return fail(exitCannotStart, error.message);
    if (isFatal(error)) return fail(exitSoftware, asError(error).message);
    throw error;
  }
}

/** A slip of the pen protects nothing, and so does a disk that is not here yet: nobody but the owner can tell which it is. */
async function tellAbsent(disks: LinuxDiskHost): Promise<void> {
  try {
    for (const name of await disks.absentProtected()) log(`No disk that is here now is protected by ${name}`);
  } catch (error) {
    onError(error);
  }
}

function portOption(name: "port" | "http"): number | null {
  const text = options[name];
  if (text === undefined) return null;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    return fail(exitUsage, `Cannot use --${name} ${text}: it is not a port number`);
  return port;
}

function countOption(name: "at-once-per-bus"): number | null {
  const text = options[name];
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,3}$/.test(text))
    return fail(exitUsage, `Cannot use --${name} ${text}: it is a number from 1 to 9999`);
  return Number(text);
}

function say(listening: Listening): void {
  const { socket, tcp, page, tokenPath } = listening;
  if (options.json) return void process.stdout.write(`${JSON.stringify(listening)}\n`);
  const lines = [`Listening on unix:${socket}`];
  if (tcp) lines.push(`Listening on tcp:${tcp} (the token is in ${tokenPath})`);
  if (page) lines.push(`The page, once: ${page}`);
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** What should not have happened goes to the log. A journal that cannot be trusted ends the process. */
function onError(error: unknown): void {
  const { message, stack } = asError(error);
  const isSentence = error instanceof Refusal || isFatal(error);
  log(isSentence ? message : (stack ?? message));
  if (isFatal(error)) process.exit(exitSoftware);
}

function log(text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}

async function stop(reason: "closing" | "restarting"): Promise<void> {
  stopping ??= station.stop(reason);
  await stopping;
  process.exit(0);
}

/** Ends with a sentence on standard error, and more for people; for scripts the sentence as JSON. */
function fail(exitCode: number, message: string, more = ""): never {
  const forScripts = process.argv.includes("--json"); // a command line that cannot be read has no options
  const json = JSON.stringify({ error: { code: null, message } });
  process.stderr.write(forScripts ? `${json}\n` : `${message}\n${more}`);
  process.exit(exitCode);
}
