import { relative } from "node:path";
import { kinds } from "./kinds.ts";
import type { ScaffoldError } from "./scaffold-error.ts";
import type { Wish } from "./wish.ts";

/** A path as a person may copy it; one with unusual letters in quotes. */
const shown = (path: string): string => (/^[\w./@+-]+$/.test(path) ? path : JSON.stringify(path));

export const usage: string = `Usage: npm create hawser-plugin@latest [folder] -- [options]

Makes a plugin for Hawser in a folder that is new or empty. On a terminal it asks for what is not given.

Options:
  --kind KIND        ${kinds.map(({ kind }) => kind).join(", ")}
  --name NAME        the package's name (default: made from the folder's)
  --license LICENSE  Apache-2.0 (default), MIT or UNLICENSED
  -y, --yes          ask nothing
  -h, --help         say this
  -V, --version      say the version
`;

/** What was made, and what to do next. Nothing is installed and no repository begun without being asked. */
export const farewell = ({ folder, kind, name }: Wish, cwd: string): string => {
  const path = relative(cwd, folder);
  const steps = [
    ...(path === "" ? [] : [`cd ${shown(path)}`]),
    "npm install",
    "npm run build",
    "npm test",
    "npx hawser plugin check .",
  ];
  return `${name}, a ${kind}, is made in ${path === "" ? "this folder" : shown(path)}.\n\nNext:\n${steps
    .map((step) => `  ${step}\n`)
    .join("")}`;
};

export const refusal = ({ code, message, hint }: ScaffoldError): string => `${code}: ${message}\n${hint}\n`;
