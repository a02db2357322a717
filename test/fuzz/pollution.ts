import { broken } from "./breach.ts";

/** No object has anything that it was not given; what is found is taken away again, so that it is found once. */
export function checkForPollution(): void {
  for (const name in {}) {
    Reflect.deleteProperty(Object.prototype, name);
    broken(`every object has a member ${name}`);
  }
}
