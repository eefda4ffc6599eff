import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describeStep, temporaryDirectory } from "@hawser/testkit";
import step from "../src/index.ts";

/** Put together, so that this file is not one that holds a key. */
const key = `-----BEGIN ${"PRIVATE"} KEY-----\n`;

describeStep("__name__", {
  create: async () => {
    const directory = temporaryDirectory();
    await mkdir(join(directory, "config"));
    await writeFile(join(directory, "index.html"), "hello\n");
    await writeFile(join(directory, "config/allowed.pem"), key);
    await symlink("/", join(directory, "link"));
    return {
      step,
      facts: { prepared: { directory } },
      options: { allow: ["config/allowed.pem"] },
      refuse: () => writeFile(join(directory, "config/server.pem"), key),
      [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
    };
  },
});
