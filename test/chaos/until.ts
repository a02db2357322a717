/** Waits until it is so; a test that waits in vain ends by its own deadline. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise<void>((resolve) => setTimeout(resolve, 1));
}

/** Lets all that could happen by now happen: for what must not. */
export async function aMoment(): Promise<void> {
  for (let turns = 0; turns < 20; turns += 1) await new Promise<void>((resolve) => setTimeout(resolve, 1));
}
