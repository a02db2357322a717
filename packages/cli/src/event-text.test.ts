import { stationContract, type EventType } from "@trofie/contract";
import { expect, test } from "vitest";
import { eventText } from "./event-text.ts";

const rejected = {
  cmd: "c",
  method: "job.stop",
  principal: "root",
  code: "JOB_ENDED",
  message: "It has ended",
};

test.each<[EventType, object, string]>([
  ["station.started", { version: "1" }, "the station has started"],
  ["device.added", { path: "/dev/sdb" }, "/dev/sdb: added"],
  [
    "job.started",
    { path: "/dev/sdb", state: "running", title: "Zeros", report: null, why: null, kind: "erase" },
    "/dev/sdb: running (Zeros)",
  ],
  ["command.rejected", rejected, "root was refused job.stop: It has ended (JOB_ENDED)"],
  ["clock.jumped", { byMs: -90_000 }, "the station's clock was set back by 1 min 30 s"],
  ["clock.jumped", { byMs: 3_600_000 }, "the station's clock was set forward by 1 h"],
  [
    "journal.replaced",
    { putAside: "/s/old" },
    "the journal was damaged, and lies in /s/old; the station knows nothing of before",
  ],
  [
    "journal.doubted",
    { how: "rolled-back", client: "c", agent: "a", since: 7 },
    "the journal is not what it was: it is an older copy of itself; what was heard after event 7 is not in it",
  ],
])("%s with %j is told as: %s", (type, body, text) => {
  expect(eventText({ type, body })).toBe(text);
});

test("what somebody has sent to the station cannot write to our terminal", () => {
  const body = { ...rejected, method: "x\u001B[2J", message: "a\nb\u202Ec" };
  const text = eventText({ type: "command.rejected", body });
  expect(text).toBe("root was refused x[2J: abc (JOB_ENDED)");
});

test("an event of a newer station is told by its name", () => {
  const event = { type: "station.sneezed", body: {} };
  expect(eventText(event)).toBe("station.sneezed");
  expect(Object.keys(stationContract.events)).not.toContain("station.sneezed");
});
