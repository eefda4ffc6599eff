import { randomBytes } from "node:crypto";

const prefix = "exec-";

/** Under which the output of something that is no run is kept: `exec-<milliseconds>-<random>`. */
export const execId = (): string =>
  `${prefix}${String(Date.now()).padStart(15, "0")}-${randomBytes(3).toString("hex")}`;

export const isExecId = (id: string): boolean => id.startsWith(prefix);
