/** Calls about the station's page. */
import { query } from "@trofie/commands";
import * as z from "zod";

/** Makes a new link that opens the page, once, for whoever has it. `url` is null when the station serves no page. */
export const pageLink = query({
  input: z.strictObject({}),
  result: z.strictObject({ url: z.string().nullable() }),
  errors: [],
  role: "admin",
});
