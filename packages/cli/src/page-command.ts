import { withStation } from "./connection.ts";
import { Exit } from "./exit-codes.ts";
import type { AddCommand, Common } from "./program.ts";

/** `trofie page`: a link that opens the station's page, once. */
export const addPage: AddCommand = (parent, common) => {
  parent
    .command("page")
    .description("print a link that opens the station's page, once")
    .action(() => showPageLink(common()));
};

async function showPageLink({ address, json }: Common): Promise<void> {
  const { url } = await withStation(address, (client) => client.query("page.link", {}));
  if (url === null)
    throw new Exit("refused", "Cannot make a link: the station serves no page (start it with --http PORT)");
  console.log(json ? JSON.stringify({ url }) : url);
}
