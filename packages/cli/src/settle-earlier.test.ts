import { Refusal } from "@trofie/commands";
import { expect, test } from "vitest";
import type { KeptCommand } from "./outbox-folder.ts";
import { askedAtMs, settle, stillWantedMs } from "./settle-earlier.ts";

const cmd = "01900000-0000-7000-8000-000000000001";
const params = { cmd, epoch: "e1", path: "/dev/sdb" };
const erase: KeptCommand = {
  cmd,
  method: "erase.start",
  params,
  address: "unix:/s",
  host: "here",
  isTakenBack: false,
};
const station = { address: "unix:/s", epoch: "e1" };

/** What was done with the command, and what is told. */
async function settled(
  command: KeptCommand,
  { ageMs = 1_000, answer }: { ageMs?: number; answer: () => Promise<Readonly<Record<string, unknown>>> },
) {
  const asked: string[] = [];
  const client = {
    sendAgain: () => {
      asked.push("sent again");
      return answer();
    },
    takeBack: () => {
      asked.push("taken back");
      return answer();
    },
  };
  const end = await settle(client, command, { station, ageMs });
  return { asked, ...end };
}

const accepted = () => Promise.resolve({ job: "j_1" });
const refused = (code: string, final: boolean) => () =>
  Promise.reject(new Refusal(code, `Cannot: ${code}`, { final }));

test("what is young is sent again, as it was", async () => {
  expect(await settled(erase, { ageMs: stillWantedMs, answer: accepted })).toMatchObject({
    asked: ["sent again"],
    did: "Sent again",
    became: "accepted as j_1",
    job: "j_1",
    isFinal: true,
  });
});

test.each<[string, Partial<KeptCommand>, number]>([
  ["is older", {}, stillWantedMs + 1],
  ["was left by whoever gave it", { isTakenBack: true }, 1_000],
  ["is of a time to come, for then the clock was set", {}, -1],
])("what %s is only asked after", async (_, change, ageMs) => {
  expect(await settled({ ...erase, ...change }, { ageMs, answer: accepted })).toMatchObject({
    asked: ["taken back"],
    did: "Asked after",
    became: "accepted as j_1",
    isFinal: true,
  });
});

test("what was meant for another journal is not sent at all", async () => {
  const other = { ...erase, params: { ...params, epoch: "e0" } };
  expect(await settled(other, { answer: accepted })).toMatchObject({
    asked: [],
    did: "Unknown",
    isFinal: true,
  });
});

test("a refusal that is final ends it, another does not", async () => {
  expect(await settled(erase, { answer: refused("PLAN_CHANGED", true) })).toMatchObject({
    became: "refused: Cannot: PLAN_CHANGED",
    code: "PLAN_CHANGED",
    isFinal: true,
  });
  expect(await settled(erase, { answer: refused("UNAVAILABLE", false) })).toMatchObject({
    did: "Not settled",
    code: "UNAVAILABLE",
    isFinal: false,
  });
});

test("a connection that goes before the answer leaves it to the next program", async () => {
  const answer = () => Promise.reject(new Error("the connection was cut"));
  expect(await settled(erase, { answer })).toMatchObject({
    did: "Not settled",
    became: expect.stringMatching(/^the connection was cut; the next (npx )?trofie asks again$/) as string,
    isFinal: false,
  });
});

test("a command without a job is carried out", async () => {
  const stop = { ...erase, method: "job.stop" };
  expect(await settled(stop, { answer: () => Promise.resolve({}) })).toMatchObject({
    became: "carried out",
  });
});

test("when a command was asked stands in its id", () => {
  expect(askedAtMs({ cmd: "018bcfe5-6800-7000-8000-000000000001" })).toBe(1_700_000_000_000);
});
