/** Devices that come and go. */

export function linuxHotPlug(_onChange: () => void, _signal: AbortSignal): void {
  // not yet
}
