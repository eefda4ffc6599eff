import { join } from "node:path";

/** The folder of Hawser's own repository. */
export const repository: string = join(import.meta.dirname, "../..");
