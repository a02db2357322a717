/** What a soak has counted. */
import type { Breach, BreachKind } from "./breach.ts";
import type { Ledger } from "./ledger.ts";

/** What has to happen now and then: kills that hit nothing would make every soak look perfect. */
export const sometimesNames = [
  "station killed while it starts",
  "station killed with a job at work",
  "station killed with a command unanswered",
  "customer killed",
  "connections reset",
  "command answered again",
  "command refused",
  "job erased",
  "job stopped",
  "job paused",
  "job went on after it was cut off",
  "job went on from beyond its start",
  "disk compared byte by byte",
] as const;
export type SometimesName = (typeof sometimesNames)[number];

export class Figures {
  kills = 0;
  commands = 0;
  events = 0;
  readonly breaches: Breach[] = [];
  readonly sometimes = new Map<SometimesName, number>(sometimesNames.map((name) => [name, 0]));

  saw(name: SometimesName, times = 1): void {
    this.sometimes.set(name, this.sometimes.get(name)! + times);
  }

  addCommands({ commands, replayed, refused }: Ledger): void {
    this.commands += commands.size;
    this.saw("command answered again", replayed);
    this.saw("command refused", refused);
  }

  get never(): SometimesName[] {
    return sometimesNames.filter((name) => this.sometimes.get(name) === 0);
  }

  /** One line. */
  text(seed: number, durationMs: number): string {
    const { kills, commands } = this;
    const broken = (kind: BreachKind): number =>
      this.breaches.filter((breach) => breach.kind === kind).length;
    return (
      `soak: ${kills} kills, ${commands} commands, ${broken("lost")} lost, ${broken("doubled")} doubled, ` +
      `${broken("corrupt")} corrupt, seed ${seed}, ${(durationMs / 1_000).toFixed(0)} s`
    );
  }
}
