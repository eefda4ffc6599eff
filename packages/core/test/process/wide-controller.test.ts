import { expect, it } from "vitest";
import { wideController } from "../../src/process/wide-controller.ts";

it("hundreds may wait on its signal without a warning of a leak", async () => {
  const warnings: string[] = [];
  const listen = ({ name }: Error) => warnings.push(name);
  process.on("warning", listen);
  const { signal } = wideController();
  for (let waiting = 0; waiting < 300; waiting += 1) signal.addEventListener("abort", () => {});
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", listen);
  expect(warnings).toEqual([]);
});
