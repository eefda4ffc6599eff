import { installerErrors } from "./errors.ts";
import type { FileOptions } from "./file-options.ts";
import { fileScript } from "./file-script.ts";
import type { SharedOptions } from "./options.ts";
import { isWithin, pathInside, pathOf } from "./paths.ts";
import type { Draft } from "./phases.ts";

/** A file of the options, and who asks for it. */
export interface AskedFile {
  readonly file: FileOptions;
  readonly origin: string;
}

const longestName = 64;

const nameOf = ({ name, path }: FileOptions): string =>
  name ?? `file-${path.replace(/[^A-Za-z0-9._-]/g, "-")}`.slice(0, longestName);

const refuseWrong = (file: FileOptions, shared: SharedOptions["shared"] = []): void => {
  const path = pathInside("files", file.path);
  if (path.endsWith("/")) throw installerErrors.HWS_INSTALLER_PATH_INVALID(["files", path]);
  if ((file.secret === undefined) === (file.variables === undefined))
    throw installerErrors.HWS_INSTALLER_FILE_INVALID([path]);
  const outer = shared.map(pathOf).find((each) => isWithin(path, each));
  if (outer !== undefined) throw installerErrors.HWS_INSTALLER_FILE_SHARED([path, outer]);
};

/** The commands that write the files, each with what it writes in its environment and nothing of it in its text. */
export const fileDrafts = (files: readonly AskedFile[], shared: SharedOptions["shared"]): readonly Draft[] =>
  files.map(({ file, origin }) => {
    refuseWrong(file, shared);
    return {
      phase: "install",
      origin,
      command: {
        name: nameOf(file),
        run: fileScript(file),
        user: null,
        env: {
          HAWSER_FILE: file.path,
          HAWSER_FILE_MODE: file.mode ?? "0600",
          ...(file.owner !== undefined && { HAWSER_FILE_OWNER: file.owner }),
          ...(file.group !== undefined && { HAWSER_FILE_GROUP: file.group }),
        },
        timeoutMs: 60_000,
      },
    };
  });
