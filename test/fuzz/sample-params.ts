/** Good parameters for every method of the contract: a new method is missing here until it has some. */
import type { InputOf, MethodName } from "@trofie/commands";
import type { StationContract } from "@trofie/contract";
import type { Chance } from "./chance.ts";
import { places } from "./tempers.ts";

type Methods = StationContract["methods"];
type Samples = { readonly [N in MethodName<StationContract>]: (chance: Chance) => InputOf<Methods[N]> };

const path = (chance: Chance) => ({ path: chance.weighed(places) });
const job = (chance: Chance) => ({ job: chance.weighed(places) });
const hash = "0".repeat(64);
const confirmed = { hash, typed: "a" };

const erase = (chance: Chance) => ({
  ...path(chance),
  method: chance.pick([
    "zero",
    "gutmann",
    { title: "Mine", passes: ["00", "random", "a", "~a"] },
    { title: "Mine", source: "me", passes: ["92 49 24".replaceAll(" ", "")] },
  ]),
  ...chance.pick([
    {},
    { rounds: 3, blank: true },
    { verify: "all", reading: "sampled" },
    { stream: "aes-256-ctr" },
  ] as const),
});

const image = (chance: Chance) => ({
  ...path(chance),
  image: "debian.img.xz",
  ...chance.pick([{}, { grow: true }, { sha256: hash }]),
});

export const sampleParams: Samples = {
  "device.list": () => ({}),
  "erase.plan": erase,
  "erase.start": (chance) => ({ ...erase(chance), ...confirmed }),
  "verify.start": (chance) => ({
    ...path(chance),
    expect: chance.pick([{ hex: "00" }, { job: "j_1" }]),
    ...chance.pick([{}, { reading: "quick" }] as const),
  }),
  "image.list": () => ({}),
  "image.plan": image,
  "image.write": (chance) => ({ ...image(chance), ...confirmed }),
  "image.read": (chance) => ({ ...path(chance), image: "a.img" }),
  "health.check": path,
  "device.spinDown": path,
  "device.unmount": path,
  "job.list": (chance) => ({ limit: chance.pick([1, 10, 1000]) }),
  "job.get": job,
  "job.stop": job,
  "job.pause": job,
  "job.resume": job,
  "page.link": () => ({}),
};
