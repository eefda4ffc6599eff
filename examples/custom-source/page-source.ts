import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { defineErrors, definePlugin, type Plugin } from "@hawser/core/plugin";

export type PageOptions = { readonly directory: string; readonly page: string };

const errors = defineErrors({
  HWS_SOURCE_REF_INVALID: { message: (page: string) => `${JSON.stringify(page)} is no name of a page` },
  HWS_SOURCE_REF_NOT_FOUND: { message: (page: string) => `there is no page ${page}` },
  HWS_SOURCE_MOVED: { message: (page: string) => `the page ${page} was changed meanwhile` },
});
const properties = { directory: { type: "string", path: true }, page: { type: "string" } };

const plugin: Plugin<"source", PageOptions> = definePlugin({
  kind: "source",
  name: "page-source",
  schema: { type: "object", properties, required: ["directory", "page"], additionalProperties: false },
  create: ({ directory, page }) => {
    const read = async (name: string, signal: AbortSignal) =>
      await readFile(join(directory, `${name}.html`), { signal }).catch((cause) => {
        throw cause.code === "ENOENT" ? errors.HWS_SOURCE_REF_NOT_FOUND([name]) : (signal.reason ?? cause);
      });
    const idOf = (text: Buffer) => createHash("sha256").update(text).digest("hex");
    return {
      async resolve({ ref = page }, { signal }) {
        if (!/^[a-z][a-z0-9-]{0,63}$/.test(ref)) throw errors.HWS_SOURCE_REF_INVALID([ref.slice(0, 64)]);
        return { id: idOf(await read(ref, signal)), exact: true, label: ref };
      },
      async fetch({ revision, directory: tree }, { signal }) {
        const text = await read(revision.label ?? page, signal);
        if (idOf(text) !== revision.id) throw errors.HWS_SOURCE_MOVED([revision.label ?? page]);
        await writeFile(join(tree, "index.html"), text);
      },
    };
  },
});
export default plugin;
