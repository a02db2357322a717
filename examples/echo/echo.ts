import { Protocol } from "@trofie/reactor";

/** Sends back whatever comes. When the peer does not read, it is not read from either. */
export class Echo extends Protocol {
  override dataReceived(bytes: Uint8Array) {
    const hasRoom = this.transport.write(bytes);
    if (!hasRoom) this.transport.pauseReading();
  }

  override writeDrained() {
    this.transport.resumeReading();
  }
}
