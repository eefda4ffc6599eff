import { checkMembers, serviceSchema } from "@hawser/installer-script";
import type { JavaInstallerOptions } from "./options.ts";

const line = { type: "string", pattern: "^[^\\r\\n\\u0000]*$" };
const lines = { type: "array", items: line };

/** Inside the release: no leading `/`, and no `.`, `..` or empty part. */
const inside = "^(?!.*(^|/)(\\.{0,2})(/|$))[^\\u0000-\\u001f\\u007f]+";
const path = { type: "string", pattern: `${inside}$` };
const archive = (end: string) => ({ type: "string", pattern: `${inside}\\.${end}$` });

const map = (properties: object, required: readonly string[] = []): object => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const tool = { type: "string", enum: ["maven", "gradle"] };
const pagePath = { type: "string", pattern: "^/[^\\s]*$" };
const { http: _http, command: _command, user: _user, ...healthMembers } = checkMembers;

export const javaProperties: Readonly<Record<keyof JavaInstallerOptions, object>> = {
  jar: archive("jar"),
  war: archive("war"),
  build: { anyOf: [tool, map({ tool, arguments: lines }, ["tool"])] },
  ship: { type: "array", items: path },
  java: map({
    program: { ...line, minLength: 1 },
    options: lines,
    arguments: lines,
    env: {
      type: "object",
      propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]{0,127}$" },
      additionalProperties: line,
    },
    envFile: path,
  }),
  tomcat: map({
    contexts: { type: "string", pattern: "^/[^\\u0000-\\u001f\\u007f]*$" },
    name: { type: "string", pattern: "^[A-Za-z0-9_][A-Za-z0-9._#-]{0,127}$" },
    parallel: { type: "boolean" },
  }),
  service: serviceSchema,
  port: { type: "integer", minimum: 1, maximum: 65_535 },
  health: { anyOf: [pagePath, map({ path: pagePath, ...healthMembers }, ["path"])] },
};
