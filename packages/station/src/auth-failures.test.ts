import { VirtualClock } from "@trofie/reactor/testing";
import { expect, test } from "vitest";
import { AuthFailures } from "./auth-failures.ts";

test("the log is told who was not let in at once, and of many every ten seconds", async () => {
  const clock = new VirtualClock();
  const said: string[] = [];
  const failures = new AuthFailures(clock, (sentence) => said.push(sentence));
  for (let times = 0; times < 25; times += 1) {
    failures.refused("token", "gu\u001bess");
    await clock.advance(1_000);
  }
  const who = `Refused to let in "gu\\u001bess" at the door "token"`;
  expect(said).toEqual([who, `${who}, and 9 more before that`, `${who}, and 9 more before that`]);
});
