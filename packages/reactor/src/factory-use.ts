import type { Factory } from "./factory.ts";

interface Use {
  /** Ports, attempts and connections that need the factory now. */
  count: number;
  /** The end of the latest start or stop, so that they never overlap. */
  settled: Promise<void>;
}

const uses = new WeakMap<Factory<object>, Use>();

/**
 * One more port, attempt or connection uses the factory; the first one starts it. Resolves when it has
 * started. Rejects, and counts nothing, when `startFactory` does.
 */
export async function useFactory(factory: Factory<object>): Promise<void> {
  const use = uses.get(factory) ?? { count: 0, settled: Promise.resolve() };
  uses.set(factory, use);
  use.count += 1;
  if (use.count === 1) use.settled = use.settled.catch(() => {}).then(() => factory.startFactory());
  try {
    await use.settled;
  } catch (error) {
    use.count -= 1;
    throw error;
  }
}

/** One more connection uses a factory that has started already. */
export function shareFactory(factory: Factory<object>): void {
  const use = uses.get(factory);
  if (use) use.count += 1;
}

/**
 * One port, attempt or connection needs the factory no more. The last one stops it, and gets a promise of that; the
 * others get nothing to wait for.
 */
export function leaveFactory(factory: Factory<object>): Promise<void> | undefined {
  const use = uses.get(factory);
  if (!use) return undefined;
  use.count -= 1;
  if (use.count > 0) return undefined;
  use.settled = use.settled.then(() => factory.stopFactory());
  return use.settled;
}
