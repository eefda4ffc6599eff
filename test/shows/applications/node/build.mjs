// Makes the pages out of their templates: what it needs for that is no dependency of the running application.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import mustache from "mustache";

const template = await readFile("pages/release.mustache", "utf8");
await mkdir("public", { recursive: true });
await writeFile("public/release.txt", mustache.render(template, { release: "@RELEASE@" }));
