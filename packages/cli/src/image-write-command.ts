import { Option } from "@commander-js/extra-typings";
import { orderPlannedWork } from "./order-planned-work.ts";
import type { AddCommand } from "./program.ts";
import { shellWord } from "./shell-word.ts";
import {
  confirmOption,
  deviceArgument,
  dryRunOption,
  planOption,
  sha256Of,
  waitOption,
} from "./work-options.ts";

/** `trofie image write IMAGE DEVICE`: shows the plan, has it confirmed, writes the image and reads it back. */
export const addImageWrite: AddCommand = (parent, common) => {
  parent
    .command("write")
    .description("write an image onto a device and read it back: shows the plan, asks for confirmation")
    .argument("<image>", "its name in the station's folder of images; .gz, .xz and .zst are unpacked")
    .argument("<device>", deviceArgument)
    .option(
      "--grow",
      "afterwards grow the last Linux partition, and the file system in it, to the end of the device",
      false,
    )
    .addOption(
      new Option(
        "--sha256 <hex>",
        "what the image, unpacked, must hash to (else it is not compared)",
      ).argParser(sha256Of),
    )
    .addOption(dryRunOption)
    .addOption(planOption)
    .addOption(confirmOption)
    .addOption(waitOption)
    .action(async (image, path, { grow, sha256, confirm, plan, dryRun, wait }) => {
      const what = `write ${shellWord(image)} to ${shellWord(path)}`;
      const manner = { ...common(), what, confirm, plan, dryRun, wait };
      const work = { path, image, grow, ...(sha256 !== undefined && { sha256 }) };
      await orderPlannedWork(
        manner,
        (client) => client.query("image.plan", work),
        (client, confirmation) => client.operate("image.write", { ...work, ...confirmation }),
      );
    });
};
