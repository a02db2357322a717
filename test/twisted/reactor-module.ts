import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as reactorModule from "@trofie/reactor";
import * as ampModule from "@trofie/reactor/amp";

/** The reactor to be tried: the package itself, or a copy of its sources that has a fault. */
export type ReactorModule = typeof reactorModule & { readonly amp: typeof ampModule };

/** The package itself. */
export const reactor: ReactorModule = { ...reactorModule, amp: ampModule };

/** The reactor whose sources are in this folder. */
export async function loadReactor(folder: string): Promise<ReactorModule> {
  const load = (file: string) => import(pathToFileURL(join(folder, file)).href);
  const [loaded, amp] = await Promise.all([load("index.ts"), load("amp/index.ts")]);
  return { ...(loaded as typeof reactorModule), amp: amp as typeof ampModule };
}
