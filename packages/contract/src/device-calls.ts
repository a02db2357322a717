/** Calls about devices. */
import { query } from "@trofie/commands";
import * as z from "zod";
import { Device } from "./device.ts";

/** The devices as they are found now, with what each would be refused for. */
export const deviceList = query({
  input: z.strictObject({}),
  result: z.strictObject({ devices: z.array(Device) }),
  errors: [],
  role: "viewer",
});
