import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { folder } from "./trees.ts";

/** A folder with curl alone, for the end of a PATH: an instance may have it beside whatever shell and tools it has. */
export const withCurl: string = folder();
symlinkSync(
  execFileSync("sh", ["-c", "command -v curl"], { encoding: "utf8" }).trim(),
  join(withCurl, "curl"),
);
