import { withStation } from "./connection.ts";
import { Exit } from "./exit-codes.ts";

/** `trofie page`: a link that opens the station's page, once. */
export async function showPageLink(address: string, { json }: { json: boolean }): Promise<void> {
  const { url } = await withStation(address, (client) => client.query("page.link", {}));
  if (url === null)
    throw new Exit("refused", "Cannot make a link: the station serves no page (start it with --http PORT)");
  console.log(json ? JSON.stringify({ url }) : url);
}
