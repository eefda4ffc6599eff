import { createEngine, readConfigFile } from "@hawser/core";

const file = "hawser.yaml";
const engine = await createEngine(await readConfigFile(file), { file });
try {
  const { ok, outcome } = await engine.deploy().result;
  console.log(JSON.stringify({ ok, outcome, node: process.version }));
} finally {
  await engine[Symbol.asyncDispose]();
}
