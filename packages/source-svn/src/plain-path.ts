/** A relative path without empty parts, `.`, `..` and control characters. */
export const isPlainPath = (path: string): boolean =>
  path.length <= 1000 &&
  !/[\u0000-\u001f\u007f-\u009f\ufffd]/.test(path) &&
  path.split("/").every((part) => part !== "" && part !== "." && part !== "..");

/** A path with its parts percent-encoded: in URLs and ids. */
export const encodePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
