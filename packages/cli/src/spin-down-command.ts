import { orderWork } from "./order-work.ts";
import type { AddCommand } from "./program.ts";
import { shellWord } from "./shell-word.ts";
import { deviceArgument, noWaitOption, waitByDefaultOption } from "./work-options.ts";

/** `trofie spin-down DEVICE`: stops the motor, so that the disk can be taken out. */
export const addSpinDown: AddCommand = (parent, common) => {
  parent
    .command("spin-down")
    .description("stop a disk's motor, so that it can be taken out")
    .argument("<device>", deviceArgument)
    .addOption(waitByDefaultOption)
    .addOption(noWaitOption)
    .action((path, { wait }) =>
      orderWork({ ...common(), what: `spin down ${shellWord(path)}`, wait }, (client) =>
        client.operate("device.spinDown", { path }),
      ),
    );
};
