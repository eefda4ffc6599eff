import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { StoredObjects } from "./central-storage.ts";
import { application } from "./config.ts";

const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** The release that `current` of a deploy root names; null without one. */
export const currentIn = (folder: string): string | null => {
  try {
    return readlinkSync(join(folder, "current")).replace(/^releases\//, "");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
};

interface Line {
  readonly mode: string;
  readonly sha256: string;
  readonly name: string;
}

/** Reads the manifest that storage keeps for a release, with nothing of Hawser's own. */
const manifestOf = async (objects: StoredObjects, release: string): Promise<readonly Line[]> => {
  const record = (await objects.read(`${application}/releases/${release}/record`))?.toString() ?? "";
  const digest = /^manifest: sha256-([0-9a-f]{64})$/m.exec(record)?.[1] ?? "";
  const bytes = await objects.read(`${application}/manifests/${digest}`);
  if (bytes === undefined || sha256(bytes) !== digest)
    throw new Error(`the manifest of ${release} is missing or damaged`);
  return bytes
    .toString("latin1")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [mode = "", , , digestOfFile = "", name = ""] = line.split(" ");
      return { mode, sha256: digestOfFile, name: decodeURIComponent(name) };
    });
};

const differs = (path: string, { mode, sha256: wanted }: Line): string | undefined => {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "is missing";
  if (mode === "dir") return found.isDirectory() ? undefined : "is no directory";
  if (mode === "link")
    return found.isSymbolicLink() && sha256(readlinkSync(path)) === wanted ? undefined : "is another link";
  if (!found.isFile()) return "is no file";
  if ((found.mode & 0o111) !== (mode === "755" ? 0o111 : 0)) return `has mode ${found.mode.toString(8)}`;
  return sha256(readFileSync(path)) === wanted ? undefined : "has other bytes";
};

/** Whether a path is one of these, lies in one, or leads to one. */
const belongsTo = (name: string, paths: readonly string[]): boolean =>
  paths.some((path) => `${name}/`.startsWith(`${path}/`) || path.startsWith(`${name}/`));

/** Every way in which a release directory is not what storage says it is; `extra` are paths that may be there too, with what is in them. */
export const faultsOf = async (
  folder: string,
  objects: StoredObjects,
  release: string,
  extra: readonly string[] = [],
): Promise<string[]> => {
  const directory = join(folder, "releases", release);
  const lines = await manifestOf(objects, release);
  const known = new Set(lines.map(({ name }) => name));
  const found = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return [
    ...lines.flatMap((line) => {
      const fault = differs(join(directory, line.name), line);
      return fault === undefined ? [] : [`${release}/${line.name} ${fault}`];
    }),
    ...found
      .filter((name) => !known.has(name) && !belongsTo(name, extra))
      .map((name) => `${release}/${name} is in no manifest`),
  ];
};
