import { command, event, protocolErrors, query, type BodyOf, type Contract } from "@trofie/commands";
import * as z from "zod";

/** What a box office can do, and what it tells: both sides, and the type checker, know it from here. */
export const contract = {
  methods: {
    "tickets.left": query({
      input: z.strictObject({}),
      result: z.strictObject({ left: z.int() }),
      errors: [],
      role: "viewer",
    }),
    "tickets.buy": command({
      input: z.strictObject({ order: z.string(), count: z.int().min(1).max(6) }),
      result: z.strictObject({ left: z.int() }),
      errors: ["SOLD_OUT"],
      role: "operator",
    }),
  },
  events: {
    "tickets.sold": event(z.strictObject({ order: z.string(), count: z.int(), left: z.int() })),
  },
} as const satisfies Contract;

export type Sold = BodyOf<(typeof contract.events)["tickets.sold"]>;

export const codes = {
  ...protocolErrors,
  SOLD_OUT: { number: -32050, final: true, meaning: "so many tickets are not left" },
};
