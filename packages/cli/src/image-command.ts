import { addImageRead } from "./image-read-command.ts";
import { addImageWrite } from "./image-write-command.ts";
import { addImageList } from "./images-command.ts";
import type { AddCommand } from "./program.ts";

/** `trofie image`: what is done with the files in the station's folder of images. */
export const addImage: AddCommand = (parent, common) => {
  const group = parent.command("image").description("write, read and list images of disks");
  for (const add of [addImageWrite, addImageRead, addImageList]) add(group, common);
};
