/** A string that is no endpoint. `position` counts its characters from 0. */
export class EndpointError extends Error {
  override readonly name = "EndpointError";
  readonly code = "BAD_ENDPOINT";
  readonly position: number;

  constructor(text: string, position: number, why: string) {
    super(`Cannot read endpoint ${JSON.stringify(text)}: ${why}, at character ${position}`);
    this.position = position;
  }
}
