/** How to call this program again: npm finds it in a clone, a shell only where it is installed. npm names its command to what it starts. */
export const programName = process.env.npm_command ? "npx trofie" : "trofie";
