import { errors } from "./errors.ts";

/** A path inside the repository in its plain form. It is looked up in the tree object, where links lead nowhere. */
export const checkSubdirectory = (subdirectory: string | undefined): string | undefined => {
  if (subdirectory === undefined) return undefined;
  const path = subdirectory.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
  if (path === "" || path === ".") return undefined;
  const refused =
    /[\u0000-\u001f\u007f]/.test(path) ||
    path.split("/").some((part) => part === "" || part === "." || part === "..");
  if (refused) throw errors.HWS_GIT_OPTION(["subdirectory", "it is not a plain relative path"]);
  return path;
};
