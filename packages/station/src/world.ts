import { nodeNet, systemClock, systemRandom, type Clock, type Net, type Random } from "@trofie/reactor";

/** What a station cannot make itself: time, chance and a network. A test gives its own. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly net: Net;
}

/** The wall clock's time as ISO 8601 in UTC, for records. */
export function isoTime(clock: Clock): string {
  return new Date(clock.wallMs()).toISOString();
}

export const realWorld: World = { clock: systemClock, random: systemRandom, net: nodeNet };
