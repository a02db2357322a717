/** Methods about devices. */
import { query } from "@trofie/commands";
import * as z from "zod";
import { Device } from "./device.ts";

export const deviceList = query({
  input: z.strictObject({}),
  result: z.strictObject({ devices: z.array(Device) }),
  errors: [],
  role: "viewer",
});
