/** A server by `runMain`; fails when told to. */
import { Factory, LineOnlyReceiver, runMain, untilAborted } from "@trofie/reactor";

class Echo extends LineOnlyReceiver {
  override lineReceived(line: string) {
    this.sendLine(line);
  }
}

await runMain(async (reactor, signal) => {
  if (process.argv[2] === "fail") throw new Error("Cannot go on: told to fail");
  const port = await reactor.listen("tcp:0", Factory.forProtocol(Echo));
  console.log(port.address.kind === "tcp" ? port.address.port : 0);
  await untilAborted(signal);
});
console.log("ended in good order");
