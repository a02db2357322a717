import { useLayoutEffect, useRef, type ReactNode, type SyntheticEvent } from "react";

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
  // Before the element is taken out of the page: afterwards the focus would not be given back.
  useLayoutEffect(() => {
    const { current } = dialog;
    current?.showModal();
    return () => current?.close();
  }, []);
  const keepOpen = (event: SyntheticEvent): void => {
    if (!canClose) event.preventDefault();
  };
  // A second Escape closes it whatever was answered to the first (HTML, close watchers).
  const closed = (): void => {
    if (canClose && dialog.current) onClose();
    else dialog.current?.showModal();
  };
  return (
    <dialog ref={dialog} aria-labelledby={labelledBy} onCancel={keepOpen} onClose={closed}>
      {children}
    </dialog>
  );
}
