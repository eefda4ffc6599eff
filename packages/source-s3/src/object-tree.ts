import { errors } from "./errors.ts";
import { keyFault } from "./key-grammar.ts";
import type { ListedObject } from "./prefix-listing.ts";

/** The files and folders that keys stand for. */
export interface ObjectTree {
  /** Parents before what is in them; relative, with `/`. */
  readonly folders: readonly string[];
  readonly files: readonly TreeFile[];
}

export interface TreeFile extends ListedObject {
  /** Relative to the prefix. */
  readonly path: string;
}

/**
 * Reads keys as paths below a prefix. A key that ends in `/` and holds nothing is a folder, as consoles make them.
 * Names that no file may have, and a name that is a file and a folder, are refused.
 */
export const treeOf = (listing: readonly ListedObject[], prefix: string): ObjectTree => {
  const files: TreeFile[] = [];
  const folders = new Set<string>();
  for (const object of listing) {
    const path = object.key.slice(prefix.length);
    const empty = object.sizeBytes === 0;
    // Consoles make one of the prefix itself, too.
    if (empty && path === "") continue;
    if (empty && path.endsWith("/")) addFolders(folders, checked(object.key, path.slice(0, -1)));
    else {
      files.push({ ...object, path: checked(object.key, path) });
      addFolders(folders, path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    }
  }
  for (const { key, path } of files) {
    if (folders.has(path)) throw errors.HWS_S3_KEY([key, "it is a file and a folder"]);
  }
  return { folders: [...folders].sort(), files };
};

const checked = (key: string, path: string): string => {
  const fault = keyFault(path);
  if (fault !== undefined) throw errors.HWS_S3_KEY([key.slice(0, 300), fault]);
  return path;
};

const addFolders = (folders: Set<string>, path: string): void => {
  for (let folder = path; folder !== "" && !folders.has(folder); ) {
    folders.add(folder);
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")));
  }
};
