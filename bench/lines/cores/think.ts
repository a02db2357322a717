/** Some work that takes as long on whatever thread. */
export function think(steps: number): number {
  let thought = 1;
  for (let step = 0; step < steps; step += 1) thought = Math.imul(thought ^ step, 1_103_515_245);
  return thought;
}
