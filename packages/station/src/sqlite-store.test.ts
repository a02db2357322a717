import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@trofie/reactor/testing";
import { openSqliteStore } from "./sqlite-store.ts";
import { checkStore, type Medium } from "./testing/check-store.ts";
import { SmallFolder, whyNoSmallFolders } from "./testing/small-folder.ts";
import type { Store } from "./store.ts";

/** What SIGKILL leaves of a database are its files as they are: the next process is given copies of them. */
class SqliteMedium implements Medium {
  readonly #small = whyNoSmallFolders === null ? new SmallFolder(4_096) : null;
  readonly #folder = this.#small?.path ?? mkdtempSync(join(tmpdir(), "trofie-store-"));
  readonly #stores: Store[] = [];
  #path = join(this.#folder, "journal.sqlite");
  #seed = 1;

  open(): Store {
    const store = openSqliteStore(this.#path, seededRandom((this.#seed += 1)));
    this.#stores.push(store);
    return store;
  }

  kill(): void {
    const left = this.#path;
    this.#path = `${left}.left`;
    for (const end of ["", "-wal"]) if (existsSync(left + end)) copyFileSync(left + end, this.#path + end);
  }

  fill(): void {
    this.#small!.fill();
  }

  free(): void {
    this.#small!.free();
  }

  [Symbol.dispose](): void {
    for (const store of this.#stores) store.close();
    if (this.#small) this.#small[Symbol.dispose]();
    else rmSync(this.#folder, { recursive: true });
  }
}

checkStore("SQLite", () => new SqliteMedium(), whyNoSmallFolders);
