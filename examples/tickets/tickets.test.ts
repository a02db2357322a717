import { describe, expect, it } from "vitest";
import { RunningProgram } from "../testing/running-program.ts";
import { faults, flaws } from "./faults.ts";
import { World } from "./world.ts";

/** Other worlds each time; whatever does not hold can be seen again by its seed. */
const fresh = 1 + Math.floor(Math.random() * 2 ** 31);

describe("a box office and its buyers", () => {
  it(`sell each ticket once, and everybody hears of it, in 200 worlds (seeds from ${fresh})`, async () => {
    const happened = new Set<string>();
    for (let seed = fresh; seed < fresh + 200; seed++) {
      const { broken, trace } = await new World(seed).live();
      expect(broken, `seed ${seed}`).toBeNull();
      for (const line of trace) happened.add(line.slice(line.indexOf("s  ") + "s  ".length));
    }
    const needed = [...Object.keys(faults), "an order of an earlier life is answered"];
    expect(needed.filter((what) => !happened.has(what))).toEqual([]);
  });

  it("live the same world again with the same seed", async () => {
    const [once, again, other] = [new World(7), new World(7), new World(8)];
    await Promise.all([once.live(), again.live(), other.live()]);
    expect(again.trace).toEqual(once.trace);
    expect(other.trace).not.toEqual(once.trace);
  });

  it.each(Object.keys(flaws))("are found out when %s, and the world is seen again", async (flaw) => {
    await using search = RunningProgram.example("tickets/simulate.ts", "--seeds", "200", "--flaw", flaw);
    expect(await search.ended).toBe(1);
    const [, found, command] = /^(Seed \d+: .+)\nSee it again: node (.+)\n$/m.exec(search.out)!;
    const words = [...command!.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
    await using replay = new RunningProgram(process.execPath, words);
    expect(await replay.ended).toBe(1);
    expect(replay.out).toContain(`${found}\n`);
    expect(replay.out).toMatch(/^ *\d+\.\d{3} s {2}BROKEN: /m);
  });

  it("say how many worlds held", async () => {
    await using program = RunningProgram.example("tickets/simulate.ts", "--seeds", "3", "--from", "40");
    expect(await program.ended).toBe(0);
    expect(program.out).toBe("3 worlds, and all held\n");
  });

  it("tell their flaws when they are asked for another", async () => {
    await using program = RunningProgram.example("tickets/simulate.ts", "--flaw", "hunger");
    expect(await program.ended).toBe(2);
    expect(program.errors).toContain(Object.keys(flaws)[0]);
  });
});
