import { bytesText, timeText, type Image } from "@trofie/contract";
import { withStation } from "./connection.ts";
import type { AddCommand, Common } from "./program.ts";
import { tableWidth } from "./screen.ts";
import { formatTable, type Column } from "./table.ts";

const description = "list the images in the station's folder";

/** `trofie images`, which is also called `trofie image list`. */
export const addImages: AddCommand = (parent, common) => {
  parent
    .command("images")
    .description(description)
    .action(() => showImages(common()));
};

export const addImageList: AddCommand = (parent, common) => {
  parent
    .command("list")
    .description(description)
    .action(() => showImages(common()));
};

const columns: readonly Column[] = [
  { title: "IMAGE", least: 12 },
  { title: "FORMAT" },
  { title: "SIZE" },
  { title: "CHANGED", isOptional: true },
];

async function showImages({ address, json }: Common): Promise<void> {
  const { images } = await withStation(address, (client) => client.query("image.list", {}));
  if (json) return console.log(JSON.stringify({ images }));
  if (images.length === 0) return console.log("The station has no images.");
  console.log(formatTable(columns, images.map(row), tableWidth()));
}

function row({ name, format, sizeBytes, modifiedAt }: Image): string[] {
  return [name, format, bytesText(sizeBytes), timeText(modifiedAt).slice(0, 16)];
}
