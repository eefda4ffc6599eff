import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { built } from "./built.ts";
import { ending } from "./hawser-process.ts";
import { type SmallProject, smallProject } from "./small-project.ts";

let project: SmallProject;
beforeAll(async () => {
  await built();
  project = await smallProject();
  await project.git.commit({ files: { "index.html": "one\n" } });
});
afterAll(async () => await project?.[Symbol.asyncDispose]());

const appSecret = `c4n/ry+&=${randomBytes(12).toString("base64url")}`;

/** The reference of a config to a secret in a file. */
const fromFile = (path: string): string => `\${file:${path}}`;

/** Every way in which a secret may be written. */
const spellings = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString("base64").replace(/=+$/, ""),
];

/** Every process's argv, looked at each 5 ms until the work ends. */
const argvDuring = async <T>(work: Promise<T>): Promise<{ seen: string; looks: number; value: T }> => {
  let over = false;
  const ended = work.finally(() => {
    over = true;
  });
  const lines = new Set<string>();
  let looks = 0;
  for (; !over; looks++) {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
      try {
        lines.add(readFileSync(`/proc/${pid}/cmdline`, "latin1"));
      } catch {
        // It has ended.
      }
    await sleep(5);
  }
  return { seen: [...lines].join("\n"), looks, value: await ended };
};

/** The files below a folder that hold one of the texts. */
const holding = (folder: string, texts: readonly string[]): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .filter((path) => texts.some((text) => readFileSync(path, "latin1").includes(text)));

it("64 and 65: an install command that prints a secret, and a signing key given as a secret, show neither in output, storage, kept logs nor any argv", async () => {
  const config = join(project.directory, "config");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(config, "key")]);
  const publicKey = readFileSync(join(config, "key.pub"), "utf8").split(" ").slice(0, 2).join(" ");
  writeFileSync(join(config, "signers"), `release@acme ${publicKey.trim()}\n`);
  writeFileSync(join(config, "app-key"), appSecret);
  const name = project.config("secret", {
    signing: { key: fromFile("./key"), allowedSigners: "./signers", principal: "release@acme" },
    installer: {
      use: "@hawser/installer-script",
      with: {
        secrets: { APP_KEY: fromFile("./app-key") },
        install: [
          'printf "AWS_SECRET_ACCESS_KEY=%s\\n" "$HAWSER_SECRET_APP_KEY"',
          // In two pieces, a while apart.
          'printf "%.9s" "$HAWSER_SECRET_APP_KEY"; sleep 1; printf "%s\\n" "$(echo "$HAWSER_SECRET_APP_KEY" | cut -c 10-)"',
        ],
      },
    },
  });
  const { seen, looks, value } = await argvDuring(project.hawser("deploy", "-c", name));
  expect(value.exitCode, ending(value)).toBe(0);
  // The host program and ssh-keygen were seen at work, and the output of the command has come.
  expect(looks).toBeGreaterThan(20);
  expect(seen).toContain("ssh-keygen");
  const logs = await project.hawser("logs", "-c", name);
  expect(logs.stdout).toContain("AWS_SECRET_ACCESS_KEY=");
  const keyLine = readFileSync(join(config, "key"), "utf8").split("\n")[3] ?? "";
  expect(keyLine.length).toBeGreaterThan(40);
  const hidden = [...spellings(appSecret), keyLine];
  const told = [value.stdout, value.stderr, logs.stdout, logs.stderr, seen].join("\n");
  expect(hidden.filter((text) => told.includes(text))).toEqual([]);
  expect(holding(project.storage, hidden)).toEqual([]);
  const onInstances = holding(join(project.directory, "instances"), hidden);
  // The instance knows the secret anyway: what a command printed stays in a folder that only its own user enters.
  expect(onInstances.filter((path) => !/\/\.hawser\/(secrets|commands)\//.test(path))).toEqual([]);
  for (const root of project.instances)
    for (const own of ["secrets", "commands"])
      expect(statSync(join(root, ".hawser", own)).mode & 0o077, own).toBe(0);
  expect(holding(join(project.directory, "cache"), hidden)).toEqual([]);
});

it("64: a failing command's error, its cause and its output show no secret", async () => {
  const name = project.config("failing", {
    installer: {
      use: "@hawser/installer-script",
      with: {
        secrets: { APP_KEY: fromFile("./app-key") },
        install: ['echo "https://user:$HAWSER_SECRET_APP_KEY@host/" >&2; exit 3'],
      },
    },
  });
  await project.git.commit({ files: { "index.html": "two\n" } });
  const end = await project.hawser("deploy", "-c", name);
  expect(end.exitCode).not.toBe(0);
  const told = `${end.stdout}${end.stderr}`;
  expect(spellings(appSecret).filter((text) => told.includes(text))).toEqual([]);
});
