import { fillText, type PlanOf, type WorkKind } from "@trofie/contract";

/** What a job does, in a few words: "Zeros, one pass", "Write debian.img.xz". */
export function titleOf<K extends WorkKind>(plan: PlanOf<K>): string {
  return titles[plan.kind](plan);
}

const titles: { readonly [K in WorkKind]: (plan: PlanOf<K>) => string } = {
  erase: ({ method, rounds }) => (rounds === 1 ? method.title : `${method.title}, ${rounds} rounds`),
  verify: ({ expect }) => `Verify ${fillText(expect)}`,
  "image-write": ({ image }) => `Write ${image.name}`,
  "image-read": ({ name }) => `Read into ${name}`,
  health: () => "Health check",
  "spin-down": () => "Spin down",
  unmount: () => "Unmount",
};
