import { useEffect, useRef, type ReactNode, type SyntheticEvent } from "react";

interface Props {
  readonly labelledBy: string;
  /** False while closing would hide something that has no answer yet. */
  readonly canClose: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The browser's own modal dialog: it keeps the focus inside, closes on Escape, and gives the focus back. */
export function Modal({ labelledBy, canClose, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  const cancel = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (canClose) onClose();
  };
  return (
    <dialog ref={dialog} aria-labelledby={labelledBy} onCancel={cancel}>
      {children}
    </dialog>
  );
}
