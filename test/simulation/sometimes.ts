/** How often what should sometimes happen has happened: a fault that is never injected makes every campaign look perfect. */
export const sometimesNames = [
  "station killed",
  "station killed in the middle of a turn",
  "station killed right after a commit",
  "station killed before it heard",
  "station killed before it heard how a job ended",
  "station stopped in order",
  "power cut",
  "client killed",
  "client killed between saving and sending",
  "job killed",
  "connection cut",
  "connection half-open",
  "connection held up",
  "connection refused",
  "message arrived in pieces",
  "watcher could not take it all at once",
  "client resumed where it was",
  "client got a snapshot",
  "second connection of one client",
  "command answered again",
  "late copy of a command",
  "command id reused",
  "command refused for good",
  "command postponed",
  "journal full",
  "flush of the journal failed",
  "journal lost and replaced",
  "command for another journal refused",
  "viewer denied",
  "stranger turned away",
  "disk pulled",
  "disk written to elsewhere",
  "disk under another name",
  "another disk opened, and left alone",
  "disk hung",
  "disk slow",
  "bad sector",
  "disk lied",
  "no process could be started",
  "wall clock jumped",
  "job accepted",
  "job interrupted",
  "job resumed",
  "job paused",
  "job hung",
  "job waited for another",
  "job stopped",
  "job ended erased",
  "job ended erased-with-errors",
  "job ended failed",
  "job ended done",
  "checkpoint taken up",
  "checkpoint waited for",
  "overlap not as written",
  "old process outlived its station",
  "verification found a difference",
] as const;
export type SometimesName = (typeof sometimesNames)[number];

export class Sometimes {
  readonly counts = new Map<SometimesName, number>(sometimesNames.map((name) => [name, 0]));

  saw(name: SometimesName): void {
    this.counts.set(name, this.counts.get(name)! + 1);
  }

  get never(): SometimesName[] {
    return sometimesNames.filter((name) => this.counts.get(name) === 0);
  }
}
