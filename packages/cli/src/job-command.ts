import { withStation } from "./connection.ts";
import { jobReportText } from "./job-report-text.ts";
import { NewestProgress } from "./newest-progress.ts";
import type { AddCommand, Common } from "./program.ts";

/** `trofie job JOB`: all that is recorded of one job, and how far it is. */
export const addJob: AddCommand = (parent, common) => {
  parent
    .command("job")
    .description(
      "show one job in full: how far it is, each pass with its bytes or key, each faulty range, what was verified",
    )
    .argument("<job>")
    .action((id) => showJob(id, common()));
};

async function showJob(id: string, { address, json }: Common): Promise<void> {
  const newest = new NewestProgress();
  const shown = await withStation(
    address,
    async (client) => {
      const { job } = await client.query("job.get", { job: id });
      return { job, progress: (await newest.of([job])).get(id) ?? null };
    },
    { events: true, listener: newest.listener },
  );
  console.log(json ? JSON.stringify(shown) : jobReportText(shown.job, shown.progress));
}
