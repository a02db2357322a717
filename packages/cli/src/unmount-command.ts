import { orderWork } from "./order-work.ts";
import type { AddCommand } from "./program.ts";
import { shellWord } from "./shell-word.ts";
import { deviceArgument, noWaitOption, waitByDefaultOption } from "./work-options.ts";

/** `trofie unmount DEVICE`: unmounts all that is mounted of a device. */
export const addUnmount: AddCommand = (parent, common) => {
  parent
    .command("unmount")
    .description("unmount all that is mounted of a device, and switch its swap off")
    .argument("<device>", deviceArgument)
    .addOption(waitByDefaultOption)
    .addOption(noWaitOption)
    .action((path, { wait }) =>
      orderWork({ ...common(), what: `unmount ${shellWord(path)}`, wait }, (client) =>
        client.operate("device.unmount", { path }),
      ),
    );
};
