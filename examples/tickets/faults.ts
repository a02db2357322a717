import type { MemoryNetwork } from "@trofie/reactor/testing";
import type { Buyer } from "./buyer.ts";
import type { World } from "./world.ts";

/** Breaks something, and returns what makes it whole again. What has no repair, the two ends must put right. */
export type Fault = (world: World) => (() => void) | void;

export const faults: Readonly<Record<string, Fault>> = {
  "a connection is cut": ({ pick, newestLinks }) => pick(newestLinks).reset(),
  "a connection falls silent": ({ pick, newestLinks }) => pick(newestLinks).silence(),
  "a connection is stuck": ({ pick, newestLinks }) => {
    const link = pick(newestLinks);
    link.pause();
    return () => link.resume();
  },
  "connections break in the middle of a message": ({ reactor: { network }, between, pick }) => {
    network.onLink = (link) =>
      link.cutAfter(pick(["to-server", "to-client"]), between(1, 3_000), pick(["reset", "silence"]));
    return () => (network.onLink = () => {});
  },
  "nobody listens": networkIs("refusing"),
  "nobody answers": networkIs("silent"),
  "the journal is full": ({ journal }) => {
    journal.isFull = true;
    return () => (journal.isFull = false);
  },
  "the box office is killed": officeIsKilled(() => {}),
  "a buyer is killed": buyerIsKilled(() => {}),
};

/** What nobody can put right: a simulation that does not find these is no good. */
export const flaws: Readonly<Record<string, Fault>> = {
  "the box office forgets its verdicts": officeIsKilled(({ journal }) => journal.verdicts.clear()),
  "the box office forgets its last sale": officeIsKilled(({ journal }) => journal.rows.pop()),
  "a buyer forgets its orders": buyerIsKilled(({ outbox }) => outbox.commands.clear()),
};

function networkIs(mood: MemoryNetwork["mood"]): Fault {
  return ({ reactor: { network } }) => {
    network.mood = mood;
    return () => (network.mood = "normal");
  };
}

function officeIsKilled(and: (world: World) => void): Fault {
  return (world) => {
    world.killOffice();
    and(world);
    return () => world.openOffice();
  };
}

function buyerIsKilled(and: (buyer: Buyer) => void): Fault {
  return ({ pick, buyers }) => {
    const buyer = pick(buyers);
    buyer.kill();
    and(buyer);
    return () => buyer.start();
  };
}
