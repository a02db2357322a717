/** What breaks in a world, and when. Each class of faults is off in about half of the seeds, so that the others come together. */
import type { Life } from "./life.ts";
import type { SimDisk } from "./sim-disk.ts";
import { sectorBytes } from "./sim-disk.ts";
import type { SimLink } from "./sim-net.ts";
import type { World } from "./world.ts";

type Strike = (world: World) => void;

export class Faults {
  readonly untilMs: number;
  readonly #world: World;
  readonly #isCalm: boolean;
  readonly #strikes: Strike[] = [];
  /** One edge in so many kills who passes it; 0: none. */
  #stationDiesOneIn = 0;
  #jobDiesOneIn = 0;
  #clientDiesOneIn = 0;
  #startFailsOneIn = 0;
  /** Before one opening of a disk in so many the disks change their names. */
  #namesSwapOneIn = 0;
  /** One word of weight in so many is the last that its station does not hear. */
  #unheardOneIn = 0;
  #isOver = false;

  constructor(world: World, isCalm: boolean) {
    const { chance } = world;
    this.#world = world;
    this.#isCalm = isCalm;
    this.untilMs = chance.between(6_000, isCalm ? 8_000 : 20_000);
    if (!isCalm) this.#choose();
  }

  begin(): void {
    if (this.#strikes.length === 0) return;
    const { chance, clock } = this.#world;
    const again = (): void => {
      if (this.#isOver) return;
      chance.pick(this.#strikes)(this.#world);
      clock.callLater(chance.between(100, 2_500), again);
    };
    clock.callLater(chance.between(200, 3_000), again);
  }

  /** Passed by everybody at each of their edges. */
  atEdge(life: Life, what: string): void {
    if (this.#isCalm || this.#isOver) return;
    const { chance, sometimes } = this.#world;
    if (life.kind === "station" && this.#stationDiesOneIn > 0 && chance.oneIn(this.#stationDiesOneIn)) {
      if (this.#world.station?.life !== life) return;
      sometimes.saw("station killed in the middle of a turn");
      if (what === "committed") sometimes.saw("station killed right after a commit");
      this.#world.killStation();
    } else if (life.kind === "job" && this.#jobDiesOneIn > 0 && chance.oneIn(this.#jobDiesOneIn)) {
      sometimes.saw("job killed");
      life.die();
    } else if (life.kind === "client" && this.#clientDiesOneIn > 0 && chance.oneIn(this.#clientDiesOneIn)) {
      if (what === "outbox saved") sometimes.saw("client killed between saving and sending");
      const person = this.#world.persons.find((each) => each.life === life);
      if (person) this.#world.killPerson(person);
    }
  }

  /** A job's process has said where it is, or how it ended; its disk may go before its station comes back. */
  atWord(disk: SimDisk, isLast: boolean): void {
    const { chance, clock, sometimes } = this.#world;
    if (this.#isOver || this.#unheardOneIn === 0 || !chance.oneIn(this.#unheardOneIn)) return;
    clock.callLater(chance.between(0, 4), () => {
      if (this.#isOver || this.#world.station === null) return;
      sometimes.saw(
        isLast ? "station killed before it heard how a job ended" : "station killed before it heard",
      );
      this.#world.killStation();
      if (chance.oneIn(3) && disk.isAttached) pull(this.#world, disk);
    });
  }

  mayStartProcess(): boolean {
    const { chance, sometimes, clock, machine } = this.#world;
    if (!this.#isOver && this.#namesSwapOneIn > 0 && chance.oneIn(this.#namesSwapOneIn))
      clock.callLater(chance.between(0, 15), () => this.#isOver || machine.swapNames());
    if (this.#isOver || this.#startFailsOneIn === 0 || !chance.oneIn(this.#startFailsOneIn)) return true;
    sometimes.saw("no process could be started");
    return false;
  }

  /** The world is whole again, and stays so. */
  end(): void {
    this.#isOver = true;
    const { net, medium, machine, clock, chance } = this.#world;
    Object.assign(net.weather, { mood: "normal", cutOneIn: 0, windowBytes: 65_536, delayMs: [0, 5] });
    for (const link of net.links) link.release();
    medium.isFull = false;
    medium.isBusy = false;
    medium.failsNextFlush = false;
    for (const disk of machine.disks) {
      disk.answer();
      disk.slowness = 1;
      disk.liesOneIn = 0;
      if (!disk.isAttached)
        clock.callLater(chance.between(0, 500), () => disk.isAttached || machine.attach(disk));
    }
    for (const person of this.#world.persons) this.#world.startPerson(person);
  }

  #choose(): void {
    const { chance, clock, net, machine, sometimes } = this.#world;
    const isOn = (): boolean => chance.oneIn(2);
    if (isOn()) this.#strikes.push(killStation);
    if (isOn()) this.#stationDiesOneIn = chance.between(60, 1_500);
    if (isOn()) this.#jobDiesOneIn = chance.between(100, 1_000);
    if (isOn()) this.#clientDiesOneIn = chance.between(100, 1_000);
    if (isOn()) this.#unheardOneIn = chance.between(3, 12);
    if (isOn()) this.#strikes.push(stopStation);
    if (isOn()) this.#strikes.push(cutPower);
    if (isOn()) this.#strikes.push(killClient);
    if (isOn()) this.#strikes.push(cutConnection);
    if (isOn()) this.#strikes.push(silenceConnection);
    if (isOn()) this.#strikes.push(holdConnection);
    if (isOn()) this.#strikes.push(refuse);
    if (isOn()) net.weather.cutOneIn = chance.between(2, 20);
    if (isOn()) net.weather.delayMs = [0, chance.between(1, 200)];
    if (chance.oneIn(4)) net.weather.windowBytes = chance.between(300, 3_000);
    if (isOn()) this.#strikes.push(fillJournal);
    if (isOn()) this.#strikes.push(failFlush);
    if (chance.oneIn(10))
      clock.callLater(chance.between(1_000, this.untilMs), () => loseJournal(this.#world));
    if (isOn()) this.#strikes.push(pullDisk, pullDisk);
    if (isOn()) this.#strikes.push(hangDisk);
    if (isOn()) this.#strikes.push(slowDisk);
    if (isOn()) this.#strikes.push(jumpWallClock);
    if (isOn()) this.#startFailsOneIn = chance.between(4, 12);
    if (chance.oneIn(4)) this.#namesSwapOneIn = chance.between(2, 8);
    if (isOn()) for (const disk of machine.disks) this.#spoil(disk);
    if (chance.oneIn(4)) {
      const disk = chance.pick(machine.disks);
      disk.liesOneIn = chance.between(4, 60);
    }
    if (net.weather.cutOneIn > 0) sometimes.saw("message arrived in pieces");
    if (net.weather.windowBytes < 65_536) sometimes.saw("watcher could not take it all at once");
  }

  #spoil(disk: SimDisk): void {
    const { chance, sometimes } = this.#world;
    if (chance.oneIn(2)) return;
    const sectors = Math.floor(disk.sizeBytes / sectorBytes);
    for (let i = chance.between(1, 3); i > 0; i--) {
      const first = chance.between(0, sectors - 1);
      const on = chance.pick(["read", "write", "both"] as const);
      const count = chance.oneIn(4) ? chance.between(2, 12) : 1;
      for (let s = first; s < Math.min(first + count, sectors); s++) disk.spoilSector(s, on);
      sometimes.saw("bad sector");
    }
  }
}

function killStation(world: World): void {
  if (world.station === null) return;
  world.sometimes.saw("station killed");
  world.killStation();
}

function stopStation(world: World): void {
  world.stopStation();
}

function cutPower(world: World): void {
  if (world.isDark) return;
  const isRenamed = world.chance.oneIn(2);
  if (isRenamed) world.sometimes.saw("disk under another name");
  world.powerCut(isRenamed);
}

function killClient(world: World): void {
  world.killPerson(world.chance.pick(world.persons));
}

function someLink({ net, chance }: World): SimLink | null {
  for (const link of net.links) if (link.isOver) net.links.delete(link);
  const links = [...net.links].filter((link) => !link.isSilent);
  return links.length === 0 ? null : chance.pick(links);
}

function cutConnection(world: World): void {
  const link = someLink(world);
  if (link === null) return;
  world.sometimes.saw("connection cut");
  world.trace.note(`connection of ${link.client.life.name} is cut`);
  link.cut();
}

function silenceConnection(world: World): void {
  const link = someLink(world);
  if (link === null) return;
  world.sometimes.saw("connection half-open");
  world.trace.note(`connection of ${link.client.life.name} falls silent`);
  link.isSilent = true;
  // Whoever starts anew meanwhile comes with the same name.
  const person = world.persons.find(({ life }) => life === link.client.life);
  if (person === undefined || !world.chance.oneIn(2)) return;
  world.sometimes.saw("second connection of one client");
  world.killPerson(person);
}

function holdConnection(world: World): void {
  const link = someLink(world);
  if (link === null) return;
  world.sometimes.saw("connection held up");
  world.trace.note(`connection of ${link.client.life.name} is held up`);
  link.hold();
  world.clock.callLater(world.chance.between(500, 12_000), () => link.release());
}

function refuse({ net, chance, clock, sometimes, trace }: World): void {
  if (net.weather.mood !== "normal") return;
  sometimes.saw("connection refused");
  net.weather.mood = chance.pick(["refusing", "silent"]);
  trace.note(`the network is ${net.weather.mood}`);
  clock.callLater(chance.between(500, 6_000), () => (net.weather.mood = "normal"));
}

function fillJournal({ medium, chance, clock, trace }: World): void {
  const how = chance.pick(["isFull", "isBusy"] as const);
  medium[how] = true;
  trace.note(`the journal ${how}`);
  clock.callLater(chance.between(200, 5_000), () => (medium[how] = false));
}

function failFlush({ medium, sometimes, trace }: World): void {
  medium.failsNextFlush = true;
  sometimes.saw("flush of the journal failed");
  trace.note("the next flush of the journal fails");
}

function loseJournal(world: World): void {
  world.sometimes.saw("journal lost and replaced");
  world.loseJournal();
}

function pullDisk(world: World): void {
  const disk = world.chance.pick(world.machine.disks);
  if (disk.isAttached) pull(world, disk);
}

/** It is back soon, under whatever name. */
function pull({ machine, chance, clock, sometimes, trace }: World, disk: SimDisk): void {
  sometimes.saw("disk pulled");
  trace.note(`${disk.serial} is pulled`);
  machine.pull(disk);
  if (chance.oneIn(3)) {
    sometimes.saw("disk written to elsewhere");
    disk.scribble();
  }
  clock.callLater(chance.between(600, 5_000), () => {
    if (disk.isAttached) return;
    machine.attach(disk, true);
    if (disk.name !== "sdb" && disk.name !== "sdc") sometimes.saw("disk under another name");
    trace.note(`${disk.serial} is back as ${disk.name}`);
  });
}

function hangDisk({ machine, chance, clock, sometimes, trace }: World): void {
  const disk = chance.pick(machine.disks);
  if (!disk.isAttached || disk.isHanging) return;
  sometimes.saw("disk hung");
  trace.note(`${disk.serial} hangs`);
  disk.hang();
  clock.callLater(chance.between(500, 8_000), () => disk.answer());
}

function slowDisk({ machine, chance, clock, sometimes }: World): void {
  const disk = chance.pick(machine.disks);
  sometimes.saw("disk slow");
  disk.slowness = chance.between(2, 8);
  clock.callLater(chance.between(500, 5_000), () => (disk.slowness = 1));
}

function jumpWallClock({ clock, chance, sometimes }: World): void {
  const year = 365 * 86_400_000;
  clock.wallJumpMs += chance.pick([year, -year, 3_600_000, -3_600_000, 2_000, -2_000]);
  sometimes.saw("wall clock jumped");
}
