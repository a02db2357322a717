import { orderWork } from "./order-work.ts";
import type { AddCommand } from "./program.ts";
import { shellWord } from "./shell-word.ts";
import { deviceArgument, noWaitOption, waitByDefaultOption } from "./work-options.ts";

/** `trofie health DEVICE`: asks the disk how it is (smartctl) and judges the answer. */
export const addHealth: AddCommand = (parent, common) => {
  parent
    .command("health")
    .description("ask a disk how it is")
    .argument("<device>", deviceArgument)
    .addOption(waitByDefaultOption)
    .addOption(noWaitOption)
    .action((path, { wait }) =>
      orderWork({ ...common(), what: `check ${shellWord(path)}`, wait }, (client) =>
        client.operate("health.check", { path }),
      ),
    );
};
