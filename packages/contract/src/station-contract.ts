/** All that a station understands, and all that it says of its own accord. */
import { event, type Contract } from "@trofie/commands";
import * as z from "zod";
import { deviceList } from "./device-calls.ts";
import { Device } from "./device.ts";
import { jobGet, jobList, jobPause, jobResume, jobStop } from "./job-calls.ts";
import { ClockJumped, CommandRejected, JournalDoubted, JournalReplaced, JournalWritable } from "./audit.ts";
import { Job } from "./job.ts";
import { pageLink } from "./page-calls.ts";
import {
  deviceSpinDown,
  deviceUnmount,
  erasePlan,
  eraseStart,
  healthCheck,
  imageList,
  imagePlan,
  imageRead,
  imageWrite,
  verifyStart,
} from "./work-calls.ts";

export const stationContract = {
  methods: {
    "device.list": deviceList,
    "erase.plan": erasePlan,
    "erase.start": eraseStart,
    "verify.start": verifyStart,
    "image.list": imageList,
    "image.plan": imagePlan,
    "image.write": imageWrite,
    "image.read": imageRead,
    "health.check": healthCheck,
    "device.spinDown": deviceSpinDown,
    "device.unmount": deviceUnmount,
    "job.list": jobList,
    "job.get": jobGet,
    "job.stop": jobStop,
    "job.pause": jobPause,
    "job.resume": jobResume,
    "page.link": pageLink,
  },
  /** Each `job.*` event tells of a job's arrival in a state; its body is the job as it then stands. */
  events: {
    "station.started": event(z.strictObject({ version: z.string() })),
    "command.rejected": event(CommandRejected),
    "clock.jumped": event(ClockJumped),
    "journal.writable": event(JournalWritable),
    "journal.replaced": event(JournalReplaced),
    "journal.doubted": event(JournalDoubted),
    "device.added": event(Device),
    "device.changed": event(Device),
    "device.removed": event(Device),
    "job.accepted": event(Job),
    "job.started": event(Job),
    "job.verifying": event(Job),
    /** More is written after a verification. */
    "job.writing": event(Job),
    "job.paused": event(Job),
    /** From `paused`; from `interrupted` to `queued`, before it starts again. */
    "job.resumed": event(Job),
    "job.stopping": event(Job),
    "job.hung": event(Job),
    /** Its disk answers again. */
    "job.answering": event(Job),
    "job.interrupted": event(Job),
    "job.ended": event(Job),
  },
} as const satisfies Contract;

export type StationContract = typeof stationContract;
export type EventType = keyof StationContract["events"];
