import { checkMembers, serviceSchema } from "@hawser/installer-script";
import type { JavaInstallerOptions } from "./options.ts";

const line = { type: "string", pattern: "^[^\\r\\n\\u0000]*$" };
const lines = { type: "array", items: line };

/** Inside the release: no leading `/`, and no `.`, `..` or empty part. */
const inside = "^(?!.*(^|/)(\\.{0,2})(/|$))[^\\u0000-\\u001f\\u007f]+";
const path = { type: "string", pattern: `${inside}$` };
const archive = (end: string, description: string) => ({
  type: "string",
  pattern: `${inside}\\.${end}$`,
  description: `a path in the tree that ends with .${end}: ${description}`,
});

const map = (properties: object, required: readonly string[] = []): object => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const tool = { type: "string", enum: ["maven", "gradle"], description: "What builds." };
const pagePath = { type: "string", pattern: "^/[^\\s]*$", description: "a path that begins with /" };
const { http: _http, command: _command, user: _user, ...healthMembers } = checkMembers;

export const javaProperties: Readonly<Record<keyof JavaInstallerOptions, object>> = {
  jar: archive("jar", "`*` stands for what changes in its name"),
  war: archive("war", "the release holds it unpacked, in `webapp`"),
  build: {
    anyOf: [
      tool,
      map({ tool, arguments: { ...lines, description: "Beside what the recipe tells it." } }, ["tool"]),
    ],
    description: "Makes the archive on the deployer. Default: it is in the source already.",
  },
  ship: {
    type: "array",
    items: path,
    description: "Paths of the built tree that go into the release beside the archive. Default: all of it.",
  },
  java: {
    ...map({
      program: { ...line, minLength: 1, default: "java", description: "one line: a program's name or path" },
      options: { ...lines, description: "Before `-jar`: heap, system properties, agents." },
      arguments: { ...lines, description: "After the jar: what `main` gets." },
      env: {
        type: "object",
        propertyNames: { pattern: "^[A-Za-z_][A-Za-z0-9_]{0,127}$" },
        additionalProperties: line,
        description: "Variables of the process.",
      },
      envFile: { ...path, description: 'a path in the release, of a file with lines `NAME="value"`' },
    }),
    description: "How a jar is started.",
  },
  tomcat: {
    ...map({
      contexts: {
        type: "string",
        pattern: "^/[^\\u0000-\\u001f\\u007f]*$",
        default: "/etc/tomcat10/Catalina/localhost",
        description: "an absolute path: the folder of context files on the instances",
      },
      name: {
        type: "string",
        pattern: "^[A-Za-z0-9_][A-Za-z0-9._#-]{0,127}$",
        default: "ROOT",
        description: "a context as Tomcat names it: `ROOT` is `/`, `shop#v1` is `/shop/v1`",
      },
      parallel: {
        type: "boolean",
        default: false,
        description: "Each release is another version of the context in a Tomcat that goes on.",
      },
    }),
    description: "Where a war meets Tomcat.",
  },
  service: {
    ...serviceSchema,
    description: "What runs the jar, or Tomcat. Required but with `tomcat.parallel`.",
  },
  port: {
    type: "integer",
    minimum: 1,
    maximum: 65_535,
    default: 8080,
    description: "Where the application answers on the instance.",
  },
  health: {
    anyOf: [pagePath, map({ path: pagePath, ...healthMembers }, ["path"])],
    default: "/health",
    description: "Its page that names the release; of a war: in its context.",
  },
};
