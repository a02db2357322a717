/** How long a list of disks waits for one of them. */
const whileMs = 1_000;

/**
 * Returns when the disk has answered, or after a while: a disk that hangs must not keep the others from being listed.
 * Its answer counts when it comes. Throws what the question throws meanwhile.
 */
export async function waitAWhile(answer: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, whileMs)));
  try {
    await Promise.race([answer, over]);
  } finally {
    clearTimeout(timer);
  }
}
