import type { IscsiReplies } from "./iscsi-replies.ts";
import { keyValues, maxSegmentBytes, response, type Pdu } from "./iscsi-wire.ts";

/** What a target agrees on (RFC 7143, 13). Data come only where they were asked for, so that there is one way in. */
const agreed: Readonly<Record<string, string>> = {
  AuthMethod: "None",
  HeaderDigest: "None",
  DataDigest: "None",
  MaxRecvDataSegmentLength: String(maxSegmentBytes),
  InitialR2T: "Yes",
  ImmediateData: "No",
  MaxBurstLength: String(maxSegmentBytes),
  FirstBurstLength: "65536",
  DefaultTime2Wait: "2",
  DefaultTime2Retain: "0",
  MaxOutstandingR2T: "1",
  DataPDUInOrder: "Yes",
  DataSequenceInOrder: "Yes",
  ErrorRecoveryLevel: "0",
  MaxConnections: "1",
  IFMarker: "No",
  OFMarker: "No",
};

/** "Transit", and to the full feature phase. */
const goesToFullFeature = 0x83;

/** Login comes in steps; each is answered with what we want of the keys in it. */
export class IscsiLogin {
  #isPortalTold = false;

  answer(pdu: Pdu, replies: IscsiReplies): void {
    const pairs: Record<string, string> = {};
    for (const key of pdu.keys) if (agreed[key]) pairs[key] = agreed[key];
    if (!this.#isPortalTold) pairs["TargetPortalGroupTag"] = "1";
    this.#isPortalTold = true;
    const isLast = (pdu.flags & goesToFullFeature) === goesToFullFeature;
    replies.send(response.login, pdu, {
      content: keyValues(pairs),
      flags: pdu.flags & 0x8f,
      more: (header) => {
        pdu.initiatorSession.copy(header, 8);
        header.writeUInt16BE(isLast ? 1 : 0, 14); // TSIH: the session has a name from now on
      },
    });
  }
}
