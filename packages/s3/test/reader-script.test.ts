import { spawnSync } from "node:child_process";
import { Secret } from "@hawser/core/plugin";
import { describe, expect, test } from "vitest";
import { readerScript } from "../src/reader-script.ts";

const place = { base: "https://minio.dc:9000/releases/apps/", region: "us-east-1" };
const readers = [
  ["a role", { role: true }],
  ["a key", { accessKeyId: "AKIDEXAMPLE", secretAccessKey: new Secret('it\'s "so"\\'.replaceAll(" ", "")) }],
] as const;

describe.each(readers)("the script for %s", (_, reader) => {
  test("has nothing that shellcheck finds", () => {
    const checked = spawnSync("shellcheck", ["-s", "sh", "-"], {
      input: readerScript(reader, place),
      encoding: "utf8",
    });
    expect(checked.stdout).toBe("");
    expect(checked.status).toBe(0);
  });

  test("does nothing when it is read, and defines reader_config", () => {
    for (const shell of [["dash"], ["bash"], ["busybox", "sh"]]) {
      const [file = "", ...argv] = shell;
      const script = `${readerScript(reader, place)}\ncommand -v reader_config`;
      const ran = spawnSync(file, [...argv, "-euc", script], {
        stdio: ["ignore", "pipe", "pipe"],
        encoding: "utf8",
        env: { PATH: process.env.PATH },
      });
      expect(ran).toMatchObject({ status: 0, stdout: "reader_config\n", stderr: "" });
    }
  });
});
