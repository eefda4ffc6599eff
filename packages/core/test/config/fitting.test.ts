import { expect, it } from "vitest";
import { minimal, project } from "./project.ts";

const plugin = (kind: string, facts: string): string => `export default {
  apiVersion: 1, kind: "${kind}", name: "test-${kind}", ${facts},
  schema: { type: "object", additionalProperties: false, properties: { directory: { type: "string" } } },
  create: () => { throw new Error("nothing is created to validate a config"); },
};\n`;

const files = {
  "recording.js": plugin("transport", "acceptsBody: false, recordsRequests: true"),
  "needy.js": plugin("installer", 'secretNames: () => ["DB", "APP_KEY"]'),
  "folder.js": plugin("storage", "signsUrls: false"),
};

const problemsOf = async (lines = "", exchange: Readonly<Record<string, string>> = {}) => {
  let config = minimal.replace("./plugins/transport.js", "./recording.js");
  for (const [kind, file] of Object.entries(exchange)) config = config.replace(`./plugins/${kind}.js`, file);
  const trial = project({ ...files, "hawser.yaml": `${config}${lines}\n` });
  return await trial.problems("hawser.yaml");
};

const fetchOnly = (why: string) => ({
  code: "HWS_TRANSPORT_FETCH_ONLY",
  path: "transport",
  message: `test-transport carries no archives, and instances cannot fetch them: ${why}`,
});

it("refuses a storage that signs no URLs where the transport carries no archives", async () => {
  expect(await problemsOf("", { storage: "./folder.js" })).toMatchObject([
    fetchOnly("test-storage signs no URLs"),
  ]);
});

it("refuses `delivery: stream` where the transport carries no archives", async () => {
  expect(await problemsOf("delivery: stream")).toMatchObject([
    fetchOnly("the config says `delivery: stream`"),
  ]);
});

it("refuses secrets of the installer where the transport records what it carries", async () => {
  expect(await problemsOf("", { installer: "./needy.js" })).toMatchObject([
    { code: "HWS_TRANSPORT_RECORDS", path: "transport", message: expect.stringContaining("APP_KEY, DB") },
  ]);
});

it("finds nothing wrong where plugins say nothing of it", async () => {
  const trial = project({
    ...files,
    "hawser.yaml": minimal.replace("./plugins/transport.js", "./recording.js"),
  });
  await expect(trial.load("hawser.yaml")).resolves.toMatchObject({ delivery: "auto" });
});
