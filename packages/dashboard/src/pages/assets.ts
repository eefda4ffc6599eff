import { createHash } from "node:crypto";

/** Where a text is served: another text has another address, so that a browser may keep what it has for ever. */
export const versioned = (path: string, text: string): string =>
  `${path}?${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
