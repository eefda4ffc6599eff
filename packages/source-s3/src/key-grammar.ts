// Characters that no file of an application has in its name: control characters, and what stands for lost bytes.
const forbidden = /[\u0000-\u001f\u007f-\u009f\ufffd]/;
const nameBytes = 255;
const keyBytes = 1024;

/** What is wrong with a key as a path of files; undefined when nothing is. */
export const keyFault = (key: string): string | undefined => {
  if (forbidden.test(key)) return "it has a control character or is not UTF-8";
  if (Buffer.byteLength(key) > keyBytes) return "it is too long";
  for (const name of key.split("/")) {
    if (name === "") return "it has an empty name between slashes";
    if (name === "." || name === "..") return `it has the name ${name}`;
    if (Buffer.byteLength(name) > nameBytes) return "a name in it is too long";
  }
  return undefined;
};
