import { orderWork } from "./order-work.ts";
import type { AddCommand } from "./program.ts";
import { shellWord } from "./shell-word.ts";
import { deviceArgument, waitOption } from "./work-options.ts";

/** `trofie image read DEVICE IMAGE`: reads a whole device into a new image. */
export const addImageRead: AddCommand = (parent, common) => {
  parent
    .command("read")
    .description("read a whole device into a new image")
    .argument("<device>", deviceArgument)
    .argument("<image>", "its new name; .gz, .xz or .zst at its end say how it is packed")
    .addOption(waitOption)
    .action((path, image, { wait }) =>
      orderWork({ ...common(), what: `read ${shellWord(path)} into ${shellWord(image)}`, wait }, (client) =>
        client.operate("image.read", { path, image }),
      ),
    );
};
