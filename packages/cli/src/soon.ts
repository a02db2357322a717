/** Null when it did not come soon. */
export async function soon<T>(next: Promise<T>, patienceMs: number): Promise<T | null> {
  const patience = Promise.withResolvers<null>();
  const timer = setTimeout(() => patience.resolve(null), patienceMs);
  try {
    return await Promise.race([next, patience.promise]);
  } finally {
    clearTimeout(timer);
  }
}
