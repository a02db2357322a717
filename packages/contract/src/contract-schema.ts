/** The shapes of what a station takes and tells, as JSON Schema (draft 2020-12), for programs in other languages. */
import * as z from "zod";
import {
  Device,
  ErasePlan,
  Image,
  ImageWritePlan,
  Job,
  JobReport,
  Progress,
  stationContract,
} from "./index.ts";

/** Those that are told in many places stand once, under their names. */
const named = { Device, ErasePlan, Image, ImageWritePlan, Job, JobReport, Progress };

interface Property {
  readonly properties: Readonly<Record<string, Property>>;
}

/** The text of docs/contract.schema.json. */
export function contractSchema(): string {
  for (const [id, schema] of Object.entries(named)) z.globalRegistry.add(schema, { id });
  const methods = Object.entries(stationContract.methods);
  const events = Object.entries(stationContract.events);
  const { $schema, $defs, properties } = z.toJSONSchema(
    z.object({
      params: z.object(Object.fromEntries(methods.map(([name, { input }]) => [name, input]))),
      answers: z.object(Object.fromEntries(methods.map(([name, method]) => [name, answerOf(method)]))),
      bodies: z.object(Object.fromEntries(events.map(([type, { schema }]) => [type, schema]))),
      progress: Progress,
    }),
    { io: "input" },
  ) as unknown as Property & { readonly $schema: string; readonly $defs: unknown };
  return JSON.stringify({
    $schema,
    $comment:
      "What each method takes besides cmd and epoch, what it answers, what the body of each event is, and the params of a progress notification",
    methods: Object.fromEntries(
      methods.map(([name, { kind, role }]) => {
        const params = properties["params"]?.properties[name];
        return [name, { kind, role, params, answer: properties["answers"]?.properties[name] }];
      }),
    ),
    events: properties["bodies"]?.properties,
    progress: properties["progress"],
    $defs,
  });
}

type Method = (typeof stationContract.methods)[keyof typeof stationContract.methods];

/** What is answered at once: an operation's answer is the job that it has started. The contract's schemas are all zod's. */
function answerOf(method: Method): z.ZodType {
  return method.kind === "operation" ? z.object({ job: z.string() }) : (method.result as z.ZodType);
}
