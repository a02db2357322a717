/** What is measured of ours, by name. */
export type OurWork = "zero" | "random" | "zero+verify" | "random+verify" | "verify";
