import type { VirtualMachine } from "../machine/virtual-machine.ts";
import type { Ran } from "../machine/guest-agent.ts";
import { guestStationProgram } from "./our-programs.ts";
import { RemoteControl } from "./remote-control.ts";

const port = 7117;

/** Our station in a machine, and our client of it here, through a forwarded port and with the station's token. */
export class GuestStation implements AsyncDisposable {
  readonly control: RemoteControl;
  /** Of this machine. */
  readonly port: number;
  readonly token: string;
  readonly #machine: VirtualMachine;
  readonly #stateFolder: string;
  #running: Promise<Ran>;

  private constructor(
    machine: VirtualMachine,
    stateFolder: string,
    door: { readonly port: number; readonly token: string },
    running: Promise<Ran>,
  ) {
    this.#machine = machine;
    this.#stateFolder = stateFolder;
    this.port = door.port;
    this.token = door.token;
    this.#running = running;
    this.control = new RemoteControl(`tcp:host=127.0.0.1:port=${door.port}`, door.token);
  }

  static async start(machine: VirtualMachine, stateFolder: string): Promise<GuestStation> {
    const running = run(machine, stateFolder);
    const reachable = machine.forward(port);
    await Promise.race([reachable, failure(running)]);
    const token = await machine.sh(`cat ${stateFolder}/token`);
    return new GuestStation(machine, stateFolder, { port: await reachable, token }, running);
  }

  /** Ends the station's process as whoever administers a machine would; how it went. */
  async stop(signal: "TERM" | "KILL" = "TERM"): Promise<Ran> {
    await this.#machine.begin(`kill -${signal} $(cat /run/trofie-station.pid)`);
    return this.#running;
  }

  /** Starts it again, on the same state; the client comes back by itself. */
  restart(): void {
    this.#running = run(this.#machine, this.#stateFolder);
  }

  /** The machine goes, or is needed by others: then the station is ended with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.control[Symbol.asyncDispose]();
  }
}

function run(machine: VirtualMachine, stateFolder: string): Promise<Ran> {
  const places = `--state ${stateFolder} --socket /run/trofie-station.sock --port ${port}`;
  const running = machine.begin(
    `echo $$ > /run/trofie-station.pid; exec ${process.execPath} ${guestStationProgram} ${places}`,
    { limitSeconds: 3600 },
  );
  running.catch(() => {}); // the machine may go first
  return running;
}

async function failure(running: Promise<Ran>): Promise<never> {
  const { exitCode, stdout, stderr } = await running;
  throw new Error(`The station in the guest ended with ${exitCode}: ${stdout}${stderr}`);
}
