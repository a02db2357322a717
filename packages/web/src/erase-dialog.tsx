/** Shows what an erase would do, and has it confirmed. */
import { findOverwrite, nameOf, type Device, type Reading } from "@trofie/contract";
import { useEffect, useId, useState, type ReactNode } from "react";
import { Confirmation } from "./confirmation.tsx";
import { MethodField } from "./method-field.tsx";
import { Modal } from "./modal.tsx";
import { ReadingField } from "./reading-field.tsx";
import type { StationClient } from "./station-watch.ts";
import { useErase, type EraseOrder } from "./use-erase.ts";

interface Props {
  readonly client: StationClient;
  readonly device: Device;
  readonly isConnected: boolean;
  /** Told of the job that was started, or of null. */
  readonly onClose: (job: string | null) => void;
}

const sendingLater =
  "Sending… The station cannot be reached now. The order is kept here, and carried out once when the station is back.";

export function EraseDialog({ client, device, isConnected, onClose }: Props) {
  const [method, setMethod] = useState("zero");
  const [reading, setReading] = useState<Reading>("full");
  const isOverwriting = findOverwrite(method) !== undefined;
  const order = useErase({
    client,
    path: device.path,
    method,
    reading: isOverwriting ? reading : "full",
    onStarted: onClose,
  });
  const titleId = useId();
  const isSending = order.step.at === "sending";
  useQuestionBeforeLeaving(isSending);
  const cancel = (): void => onClose(null);
  return (
    <Modal labelledBy={titleId} canClose={!isSending} onClose={cancel}>
      <h2 id={titleId}>
        Erase <span className="from-disk">{nameOf(device.path)}</span>
      </h2>
      <MethodField method={method} isDisabled={isSending} onChange={setMethod} />
      {isOverwriting && <ReadingField reading={reading} isDisabled={isSending} onChange={setReading} />}
      <Step order={order} isConnected={isConnected} onCancel={cancel} />
    </Modal>
  );
}

interface StepProps {
  readonly order: EraseOrder;
  readonly isConnected: boolean;
  readonly onCancel: () => void;
}

function Step({ order, isConnected, onCancel }: StepProps) {
  const { step } = order;
  switch (step.at) {
    case "planning":
      return (
        <Message text={isConnected ? "Making the plan…" : "The plan is made when the station is back…"}>
          <CancelButton onCancel={onCancel} />
        </Message>
      );
    case "planned":
      return (
        <Confirmation plan={step.plan} onStart={order.start}>
          <CancelButton onCancel={onCancel} />
        </Confirmation>
      );
    case "sending":
      return <Message text={isConnected ? "Sending…" : sendingLater} />;
    case "refused":
      return (
        <Message text={step.message} isBad>
          <CancelButton onCancel={onCancel} />
          <button type="button" onClick={order.planAgain}>
            Plan again
          </button>
        </Message>
      );
    default:
      return (
        <Message
          text={`Whether it was started is not known here: reload the page and look at the jobs. ${step.message}`}
          isBad
        >
          <CancelButton onCancel={onCancel} />
        </Message>
      );
  }
}

interface MessageProps {
  readonly text: string;
  readonly isBad?: boolean;
  readonly children?: ReactNode;
}

function Message({ text, isBad = false, children }: MessageProps) {
  return (
    <>
      <p role={isBad ? "alert" : "status"} className={isBad ? "refusal" : "meaning"}>
        {text}
      </p>
      {children && <div className="actions">{children}</div>}
    </>
  );
}

function CancelButton({ onCancel }: { onCancel: () => void }) {
  return (
    <button type="button" className="quiet" onClick={onCancel}>
      Cancel
    </button>
  );
}

/** What is on its way lives in this tab: the browser asks before it is closed. */
function useQuestionBeforeLeaving(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return undefined;
    const ask = (event: Event): void => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isNeeded]);
}
