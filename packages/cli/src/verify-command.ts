import { Option } from "@commander-js/extra-typings";
import { orderWork } from "./order-work.ts";
import type { AddCommand } from "./program.ts";
import { shellWord } from "./shell-word.ts";
import { deviceArgument, hexOf, readOption, waitOption } from "./work-options.ts";

/** `trofie verify DEVICE`: reads a device and compares it with bytes, or with what a job has left there. */
export const addVerify: AddCommand = (parent, common) => {
  parent
    .command("verify")
    .description("read a device and compare it: with bytes repeated, or with what a job has left on it")
    .argument("<device>", deviceArgument)
    .addOption(
      new Option("--expect <hex>", "the bytes that are repeated all over it, such as 00 or 924924").argParser(
        hexOf,
      ),
    )
    .addOption(
      new Option("--job <job>", "an erase: its last pass is made again, and compared").conflicts("expect"),
    )
    .addOption(readOption)
    .addOption(waitOption)
    .action(async (path, { expect, job, read, wait }, command) => {
      if (expect === undefined && job === undefined)
        command.error("error: required option '--expect <hex>' or '--job <job>' not specified");
      const what = job === undefined ? { hex: expect! } : { job };
      await orderWork({ ...common(), what: `verify ${shellWord(path)}`, wait }, (client) =>
        client.operate("verify.start", { path, expect: what, reading: read }),
      );
    });
};
