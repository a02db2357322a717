import react from "@vitejs/plugin-react";
import { defaultClientConditions, defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // The workspace's packages are built from their sources.
  resolve: { conditions: ["trofie-source", ...defaultClientConditions] },
  // The first browsers with all that the page uses: `light-dark()`, `Promise.withResolvers`, `<dialog>`.
  build: { target: ["chrome123", "firefox121", "safari17.5"], modulePreload: { polyfill: false } },
});
