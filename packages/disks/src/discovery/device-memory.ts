/** What is remembered of devices from one look at them to the next, so that a look asks little of them. */
import { ContentsMemory } from "./contents-memory.ts";
import { HiddenAreasMemory } from "./hidden-areas-memory.ts";
import { WritersMemory } from "./open-elsewhere.ts";
import { TemperatureMemory } from "./temperatures.ts";

export class DeviceMemory {
  readonly contents = new ContentsMemory();
  readonly writers: WritersMemory;
  readonly temperatures = new TemperatureMemory();
  readonly hiddenAreas = new HiddenAreasMemory();

  constructor(ours?: ReadonlySet<string>) {
    this.writers = new WritersMemory(ours);
  }
}
