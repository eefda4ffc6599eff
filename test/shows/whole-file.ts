import { rename, writeFile } from "node:fs/promises";

/** Writes a file that others read meanwhile: they see the old one or the new one. */
export const writeWhole = async (file: string, text: string): Promise<void> => {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
};
