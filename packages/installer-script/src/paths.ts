import type { PathOwnership } from "@hawser/core/plugin";
import { installerErrors } from "./errors.ts";
import type { SharedPath, WritablePath } from "./path-options.ts";

/** A path that stays inside the release: relative, no `.` or `..`, no empty part, no control character. */
export const pathInside = (option: string, path: string): string => {
  const parts = plain(path).split("/");
  const bad = parts.some((part) => part === "" || part === "." || part === "..");
  if (bad || /[\u0000-\u001f\u007f]/.test(path)) {
    throw installerErrors.HWS_INSTALLER_PATH_INVALID([option, path]);
  }
  return path;
};

export const pathsInside = (option: string, paths: readonly string[] = []): readonly string[] =>
  paths.map((path) => pathInside(option, path));

/** A path without the `/` that says that it is a directory. */
export const plain = (path: string): string => path.replace(/\/$/, "");

export const pathOf = (given: string | WritablePath): string =>
  typeof given === "string" ? given : given.path;

/** Whether one path is the other, or lies inside it. */
export const isWithin = (path: string, outer: string): boolean =>
  `${plain(path)}/`.startsWith(`${plain(outer)}/`);

/** Two shared paths, one inside the other, cannot both be links; nor is anything inside a link a part of the release. */
export const refuseNested = (shared: readonly string[], writable: readonly string[]): void => {
  const sorted = shared.map(plain).sort();
  for (const outer of sorted) {
    const inner = sorted.find((path) => path.startsWith(`${outer}/`));
    if (inner !== undefined) throw installerErrors.HWS_INSTALLER_PATH_OVERLAP([outer, inner]);
    const linked = writable.find((path) => isWithin(path, outer));
    if (linked !== undefined) throw installerErrors.HWS_INSTALLER_PATH_SHARED([linked, outer]);
  }
};

/** Owner, group, mode and consent of those paths that ask for any. */
export const ownershipOf = (given: readonly (string | SharedPath)[]): readonly PathOwnership[] =>
  given.filter((path) => typeof path !== "string").filter((path) => Object.keys(path).length > 1);
