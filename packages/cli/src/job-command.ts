import { withStation } from "./connection.ts";
import { jobReportText } from "./job-report-text.ts";
import type { AddCommand, Common } from "./program.ts";

/** `trofie job JOB`: all that is recorded of one job. */
export const addJob: AddCommand = (parent, common) => {
  parent
    .command("job")
    .description(
      "show one job in full: each pass with its bytes or key, each faulty range, what was verified",
    )
    .argument("<job>")
    .action((id) => showJob(id, common()));
};

async function showJob(id: string, { address, json }: Common): Promise<void> {
  const { job } = await withStation(address, (client) => client.query("job.get", { job: id }));
  console.log(json ? JSON.stringify({ job }) : jobReportText(job));
}
