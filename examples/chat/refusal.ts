/** Something that a guest may not do; they are told the message, and nothing else happens. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
