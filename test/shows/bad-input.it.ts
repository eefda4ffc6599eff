import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fleet, startFleet } from "@hawser/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { built } from "./built.ts";
import { ending, type HawserEnd } from "./hawser-process.ts";
import { type Blocks, type SmallProject, smallProject } from "./small-project.ts";

let project: SmallProject;
beforeAll(async () => {
  await built();
  project = await smallProject();
  await project.git.commit({ files: { "index.html": "one\n" } });
  project.config("hawser");
  const first = await project.hawser("deploy");
  expect(first.exitCode, ending(first)).toBe(0);
});
afterAll(async () => await project?.[Symbol.asyncDispose]());

/** The lock and the history of runs: what a run writes that then finds out that it cannot begin. */
const ownBooks = (path: string): boolean => /^shop\/top\/(lock|runs)(\/|$)/.test(path);

const state = (runs: "no run" | "a run"): readonly string[] => [
  project.digest(join(project.directory, "instances")),
  project.digest(join(project.directory, "config"), (path) => path.startsWith("storage")),
  project.digest(project.storage, runs === "a run" ? ownBooks : () => false),
];

/** Gives what the command said, once it is proved that it failed and changed nothing. */
const refused = async (
  argv: readonly string[],
  exitCode: number,
  runs: "no run" | "a run" = "no run",
): Promise<{ code: string; text: string }> => {
  const before = state(runs);
  const end: HawserEnd = await project.hawser(...argv);
  expect(end.exitCode, ending(end)).toBe(exitCode);
  expect(state(runs)).toEqual(before);
  expect(existsSync(project.canary)).toBe(false);
  const { error } = end.result ?? {};
  if (error === undefined) throw new Error(`no error was told: ${end.stdout}${end.stderr}`);
  return { code: error.code, text: [error.message, error.output, error.hint].join("\n") };
};

const source = (options: object): Blocks => ({ source: { use: "@hawser/source-git", with: options } });

describe("a config that is wrong is refused before anything is touched", () => {
  it("names an option that does not exist and the one that was meant", async () => {
    const block = { use: "@hawser/storage-fs", with: { directory: "./storage", directry: "./storage" } };
    const { code, text } = await refused(["deploy", "-c", project.config("option", { storage: block })], 2);
    expect(code).toBe("HWS_CONFIG_INVALID");
    expect(text).toContain("storage.with.directry");
    expect(text).toContain("did you mean directory?");
  });

  it("names an option of the command line that does not exist and the one that was meant", async () => {
    const { code, text } = await refused(["deploy", "--reff", "main"], 2);
    expect(code).toBe("HWS_CLI_USAGE");
    expect(text).toMatch(/--reff.*Did you mean --ref\?/);
  });

  it("says which type an option must have and which it has, for all options at once", async () => {
    const file = project.config("type", { concurrency: "3", keep: "many" });
    const { code, text } = await refused(["deploy", "-c", file], 2);
    expect(code).toBe("HWS_CONFIG_INVALID");
    expect(text).toMatch(/concurrency .*must be a whole number, is a text/);
    expect(text).toMatch(/keep .*must be a whole number or a map, is a text/);
  });

  it("names a plugin that is not installed and how to install it", async () => {
    const file = project.config("plugin", { source: { use: "@hawser/source-nowhere" } });
    const { code, text } = await refused(["deploy", "-c", file], 2);
    expect(code).toBe("HWS_CONFIG_INVALID");
    expect(text).toMatch(/source\.use .*@hawser\/source-nowhere was not found/);
    expect(text).toContain("npm i @hawser/source-nowhere");
  });

  it("names a plugin of the wrong kind and where it belongs", async () => {
    const file = project.config("kind", {
      source: { use: "@hawser/storage-fs", with: { directory: "./storage" } },
    });
    const { code, text } = await refused(["deploy", "-c", file], 2);
    expect(code).toBe("HWS_CONFIG_INVALID");
    expect(text).toContain("@hawser/storage-fs is a storage and cannot be the source");
    expect(text).toContain("move the block there");
  });

  it("names both versions of a plugin that speaks another contract, and the mend", async () => {
    writeFileSync(
      join(project.directory, "config/newer.mjs"),
      `export default { apiVersion: 99, kind: "source", name: "newer", create: () => ({}),
        schema: { type: "object", properties: {}, additionalProperties: false } };\n`,
    );
    const file = project.config("version", { source: { use: "./newer.mjs" } });
    const { code, text } = await refused(["deploy", "-c", file], 2);
    expect(code).toBe("HWS_CONFIG_INVALID");
    expect(text).toContain("./newer.mjs speaks contract version 99, this Hawser serves 1");
    expect(text).toContain("update Hawser");
  });

  it("refuses a repository URL that names a program", async () => {
    const url = `ext::sh -c touch% ${project.canary}`;
    const { code, text } = await refused(["deploy", "-c", project.config("url", source({ url }))], 2);
    expect(code).toBe("HWS_GIT_URL");
    expect(text).toContain(url);
    expect(text).toContain("use https://host/path");
  });

  it("refuses an address that is an option of ssh", async () => {
    const file = project.config("address", {
      inventory: {
        use: "@hawser/inventory-static",
        with: { instances: [`-oProxyCommand=touch ${project.canary}`] },
      },
      transport: { use: "@hawser/transport-ssh", with: { user: "deploy" } },
    });
    const { code, text } = await refused(["deploy", "-c", file], 2);
    expect(code).toBe("HWS_CONFIG_INVALID");
    expect(text).toContain("instances[0]: address is not a host name or IP address");
    expect(text).toContain("an instance is an address");
  });
});

describe("a run that cannot begin leaves releases, instances and desired state as they are", () => {
  it("refuses a ref that is an option of git", async () => {
    const ref = `--upload-pack=touch ${project.canary}`;
    const { code, text } = await refused(["deploy", `--ref=${ref}`], 1, "a run");
    expect(code).toBe("HWS_SOURCE_REF_INVALID");
    expect(text).toContain(ref);
    expect(text).toContain("use a branch, a tag");
  });

  it("names a ref that does not exist and the one that was meant", async () => {
    const { code, text } = await refused(["deploy", "--ref", "mian"], 1, "a run");
    expect(code).toBe("HWS_SOURCE_REF_NOT_FOUND");
    expect(text).toContain("no branch, tag or commit mian");
    expect(text).toContain("did you mean main?");
  });

  it("names a commit that does not exist", async () => {
    const commit = "0123456789".repeat(4);
    const { code, text } = await refused(["deploy", "--ref", commit], 1, "a run");
    expect(code).toBe("HWS_SOURCE_REF_NOT_FOUND");
    expect(text).toContain(commit);
    expect(text).toContain("check the name");
  });

  it("refuses a tree without a file", async () => {
    await project.git.git("checkout", "-q", "--orphan", "nothing");
    await project.git.git("rm", "-q", "-r", "-f", ".");
    await project.git.git("commit", "-q", "--allow-empty", "-m", "Nothing at all");
    await project.git.git("checkout", "-q", "main");
    const { code, text } = await refused(["deploy", "--ref", "nothing"], 1, "a run");
    expect(code).toBe("HWS_ARTIFACT_EMPTY");
    expect(text).toMatch(/tree.* is empty/);
  });

  describe("with an sshd whose host key changed", () => {
    let fleet: Fleet;
    beforeAll(async () => {
      fleet = await startFleet({ count: 1, isolation: "loopback" });
    });
    afterAll(async () => await fleet?.[Symbol.asyncDispose]());

    it("says which key was offered and sends nothing to the instance", async () => {
      const [instance] = fleet.instances;
      if (instance === undefined) throw new Error("the fleet is empty");
      const other = await startFleet({ count: 1, isolation: "loopback" });
      const wrong = other.instances[0]?.hostKey ?? "";
      await other[Symbol.asyncDispose]();
      const knownHosts = join(project.directory, "known_hosts");
      writeFileSync(knownHosts, `[${instance.address}]:${instance.port} ${wrong}\n`);
      const { id, address, port, root } = instance;
      const file = project.config("host-key", {
        transport: {
          use: "@hawser/transport-ssh",
          with: { user: fleet.user, privateKey: fleet.privateKey, knownHosts },
        },
        inventory: {
          use: "@hawser/inventory-static",
          with: { instances: [{ id, address, port, root }] },
        },
      });
      mkdirSync(instance.folder, { recursive: true });
      const before = project.digest(instance.folder);
      const { code, text } = await refused(["deploy", "-c", file], 1, "a run");
      expect(["HWS_FLEET_PREFLIGHT", "HWS_TRANSPORT_HOST_KEY"]).toContain(code);
      expect(text).toContain(id);
      expect(text).toMatch(/host key/);
      expect(project.digest(instance.folder)).toBe(before);
    });
  });
});

/** Names that break what splits at lines, spaces or quotes. */
const oddNames: readonly Buffer[] = [
  ...[
    "two\nlines",
    'it\'s "quoted"',
    "-rf",
    "--help",
    "a  b ",
    "$(touch canary)",
    "`id`",
    "ünïcødé",
    "日本語",
    "%2e%2e",
    "*",
    "\\n",
  ].map((name) => Buffer.from(name)),
];

describe("file names of every kind", () => {
  const write = (folder: string, text: string): void => {
    for (const name of oddNames)
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), `${text} ${name.toString("hex")}\n`);
  };
  const read = (folder: string): ReadonlyMap<string, string> =>
    new Map(
      readdirSync(folder, { encoding: "buffer" })
        .filter((name) => name.toString() !== ".git")
        .map((name): [string, string] => [
          name.toString("hex"),
          readFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), "latin1"),
        ])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );

  it("go out whole, byte for byte, and come back whole", async () => {
    await using odd = await smallProject();
    odd.config("hawser");
    const tree = join(odd.directory, "application");
    const wanted: ReadonlyMap<string, string>[] = [];
    for (const text of ["first", "second"]) {
      write(tree, text);
      await odd.git.commit({ files: {} });
      wanted.push(read(tree));
      const end = await odd.hawser("deploy");
      expect(end.exitCode, ending(end)).toBe(0);
      for (const root of odd.instances) expect(read(join(root, "current"))).toEqual(wanted.at(-1));
    }
    expect(wanted[0]?.size).toBe(oddNames.length);
    expect(wanted[0]).not.toEqual(wanted[1]);
    const back = await odd.hawser("rollback");
    expect(back.exitCode, ending(back)).toBe(0);
    for (const root of odd.instances) expect(read(join(root, "current"))).toEqual(wanted[0]);
    expect(existsSync(odd.canary)).toBe(false);
  });

  it("are refused by name when they are no UTF-8, and nothing goes out", async () => {
    const name = Buffer.from([0x66, 0xff, 0xfe, 0x2e, 0x62]);
    await project.git.git("checkout", "-q", "-b", "no-utf-8", "main");
    writeFileSync(
      Buffer.concat([Buffer.from(`${join(project.directory, "application")}/`), name]),
      "bytes\n",
    );
    await project.git.commit({ files: {} });
    await project.git.git("checkout", "-q", "main");
    const { code, text } = await refused(["deploy", "--ref", "no-utf-8"], 1, "a run");
    expect(code).toBe("HWS_GIT_TREE_NAME");
    expect(text).toMatch(/not UTF-8.*\n.*rename or remove it/s);
  });
});
