/** All that a station understands, and all that it says of its own accord. */
import { event, type Contract } from "@trofie/commands";
import * as z from "zod";
import { deviceList } from "./device-calls.ts";
import { Device } from "./device.ts";
import { erasePlan, eraseStart } from "./erase-calls.ts";
import { jobGet, jobList, jobStop } from "./job-calls.ts";
import { Job } from "./job.ts";
import { pageLink } from "./page-calls.ts";

export const stationContract = {
  methods: {
    "device.list": deviceList,
    "erase.plan": erasePlan,
    "erase.start": eraseStart,
    "job.list": jobList,
    "job.get": jobGet,
    "job.stop": jobStop,
    "page.link": pageLink,
  },
  events: {
    "station.started": event(z.strictObject({ version: z.string() })),
    "device.added": event(Device),
    "device.changed": event(Device),
    "device.removed": event(Device),
    "job.accepted": event(Job),
    "job.started": event(Job),
    "job.verifying": event(Job),
    "job.stopping": event(Job),
    "job.hung": event(Job),
    "job.interrupted": event(Job),
    "job.ended": event(Job),
  },
} as const satisfies Contract;

export type StationContract = typeof stationContract;
export type EventType = keyof StationContract["events"];
