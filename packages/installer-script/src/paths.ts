import { installerErrors } from "./errors.ts";

/** A path that stays inside the release: relative, no `.` or `..`, no empty part, no control character. */
export const pathInside = (option: string, path: string): string => {
  const parts = path.replace(/\/$/, "").split("/");
  const bad = parts.some((part) => part === "" || part === "." || part === "..");
  if (bad || /[\u0000-\u001f\u007f]/.test(path)) {
    throw installerErrors.HWS_INSTALLER_PATH_INVALID([option, path]);
  }
  return path;
};

export const pathsInside = (option: string, paths: readonly string[] = []): readonly string[] =>
  paths.map((path) => pathInside(option, path));

/** Two shared paths, one inside the other, cannot both be links. */
export const refuseNested = (shared: readonly string[]): void => {
  const sorted = shared.map((path) => path.replace(/\/$/, "")).sort();
  for (const outer of sorted) {
    const inner = sorted.find((path) => path.startsWith(`${outer}/`));
    if (inner !== undefined) throw installerErrors.HWS_INSTALLER_PATH_OVERLAP([outer, inner]);
  }
};
