/** The one table of error codes: the protocol's own and those of a disk station. */
import * as z from "zod";
import { protocolErrors, type ErrorCode } from "@trofie/commands";

const deviceErrors = {
  DEVICE_NOT_FOUND: { number: -32014, final: true, meaning: "there is no such device now" },
  IDENTITY_CHANGED: {
    number: -32015,
    final: true,
    meaning: "another device is found there than was planned",
  },
  DEVICE_IN_USE: {
    number: -32016,
    final: true,
    meaning: "the device is mounted, swap, held by another device, behind a loop device, or open elsewhere",
  },
  DEVICE_IS_SYSTEM: {
    number: -32017,
    final: true,
    meaning: "the system or the station itself lives on the device",
  },
  DEVICE_PROTECTED: {
    number: -32035,
    final: true,
    meaning: "the station's owner has named the device as not to be touched (`trofie station --protect`)",
  },
  DEVICE_UNUSABLE: {
    number: -32036,
    final: true,
    meaning: "the kernel can neither read nor write the device, as with sectors of 520 bytes",
  },
  DEVICE_READ_ONLY: { number: -32019, final: true, meaning: "the device refuses writes" },
} as const satisfies Record<string, ErrorCode>;

const stationErrors = {
  PLAN_CHANGED: {
    number: -32011,
    final: true,
    meaning: "planning again gives another plan than was confirmed",
  },
  WRONG_CONFIRMATION: { number: -32012, final: true, meaning: "the typed word is not the plan's" },
  ERASE_METHOD_NOT_FOUND: { number: -32023, final: true, meaning: "the station has no such erase method" },
  JOB_NOT_FOUND: { number: -32024, final: true, meaning: "the station has no such job" },
  JOB_ENDED: { number: -32025, final: true, meaning: "the job has ended already" },
  JOB_CANNOT_PAUSE: {
    number: -32026,
    final: true,
    meaning: "the job is of a kind or in a state that does not pause",
  },
  JOB_CANNOT_RESUME: {
    number: -32027,
    final: true,
    meaning: "the job is neither paused nor interrupted, or cannot go on",
  },
  JOB_LEFT_NOTHING: {
    number: -32028,
    final: true,
    meaning: "the job has left nothing on its device that could be verified",
  },
  ERASE_NOT_POSSIBLE: {
    number: -32029,
    final: true,
    meaning: "the disk has no such erase, or refuses it in its present state",
  },
  TOOL_MISSING: { number: -32030, final: true, meaning: "a program that the work needs is not installed" },
  NO_IMAGES: { number: -32031, final: true, meaning: "the station has no folder of images" },
  IMAGE_NOT_FOUND: { number: -32032, final: true, meaning: "there is no such image" },
  IMAGE_EXISTS: { number: -32033, final: true, meaning: "an image of that name is there already" },
  IMAGE_UNUSABLE: {
    number: -32034,
    final: true,
    meaning: "the image does not fit, cannot be read, or is not of the format that its name says",
  },
} as const satisfies Record<string, ErrorCode>;

/** Every code there is, and what it means; `docs/errors.md` is printed from it. */
export const errorCodes = { ...protocolErrors, ...deviceErrors, ...stationErrors };
export type ErrorWord = keyof typeof errorCodes;

export const ErrorWord = z.enum(Object.keys(errorCodes) as [ErrorWord, ...ErrorWord[]]);
