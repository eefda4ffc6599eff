import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Tests run on the sources, without a build; an entry of its own stands before its package.
const alias = [
  { find: "@hawser/core/plugin", replacement: at("packages/core/src/plugin.ts") },
  { find: "@hawser/report/text", replacement: at("packages/report/src/text.ts") },
  ...readdirSync(at("packages")).map((name) => ({
    find: new RegExp(`^@hawser/${name}$`),
    replacement: at(`packages/${name}/src/index.ts`),
  })),
];

const shared = { environment: "node", testTimeout: 30_000, hookTimeout: 120_000 } as const;

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: { ...shared, name: "unit", include: ["{packages/*/test,test}/**/*.test.ts"] },
      },
      {
        resolve: { alias },
        test: {
          ...shared,
          name: "integration",
          include: ["packages/*/test/**/*.it.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        resolve: { alias },
        test: {
          ...shared,
          name: "shows",
          include: ["test/**/*.it.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
