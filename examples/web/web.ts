import { Factory, StreamProtocol } from "@trofie/reactor";
import type { Site } from "./site.ts";

/** A browser's connection, given to the web server as the stream that it is. */
export class Web extends StreamProtocol<WebFactory> {
  override connectionMade() {
    this.factory.site.serve(this.stream);
  }

  /** What has begun is answered; then the reactor closes the connection. */
  override reactorStopping() {
    return this.factory.site.finish(this.stream);
  }
}

export class WebFactory extends Factory<Web> {
  override readonly protocol = Web;
  readonly site: Site;

  constructor(site: Site) {
    super();
    this.site = site;
  }
}
