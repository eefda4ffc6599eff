import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { MemoryStorage, testDirectory } from "@hawser/testkit";
import { expect, it } from "vitest";
import { createEngine, type Encryption, type Engine, Secret } from "../../src/index.ts";
import { copyRelease } from "../../src/state/release-copy.ts";
import { ended, ending, openProject, type Project } from "./fixtures/project.ts";

interface Keys {
  readonly identity: string;
  readonly recipient: string;
}

/** Keys that age's own program made. */
const keys = (): Keys => {
  const identity = execFileSync("age-keygen", { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const recipient = execFileSync("age-keygen", ["-y"], { input: identity, encoding: "utf8" }).trim();
  return { identity, recipient };
};

const context = {
  signal: new AbortController().signal,
  progress: () => {},
  logger: { debug: () => {}, info: () => {}, warn: () => {} },
};

/** Hardly to be compressed, so that a delta shows in the bytes that are sent. */
const unchanged = `<?php the recipe of the house ${Array.from({ length: 2000 }, (_, n) =>
  createHash("sha256").update(`${n}`).digest("hex"),
).join("")}`;

/** Words of the source that no object of storage may show. */
const page = (words: string): Record<string, string> => ({
  "public/very-private-name.html": `${words} `.repeat(300),
  "src/unchanged.php": unchanged,
});

const stored = async (project: Project): Promise<ReadonlyMap<string, Buffer>> => {
  const objects = new Map<string, Buffer>();
  for await (const { key } of project.storage.list({ prefix: "" }, context))
    objects.set(key, await buffer((await project.storage.get({ key }, context)).stream));
  return objects;
};

/** The same application at a deployer whose cache is empty. */
const elsewhere = (project: Project, encryption: Encryption): Promise<Engine> =>
  createEngine(
    { ...project.config, encryption },
    { baseDirectory: testDirectory("hawser-else-"), cacheDirectory: testDirectory("hawser-cache-") },
  );

const lay = (project: Project, id: string, { identity }: Keys): void => {
  mkdirSync(join(project.root(id), ".hawser/secrets"), { recursive: true });
  writeFileSync(join(project.root(id), ".hawser/secrets/identity"), identity, { mode: 0o600 });
};

const sealedProject = async (encryption: Encryption, instances = 1): Promise<Project> => {
  const project = await openProject({ instances, config: { encryption } });
  project.source.add(page("the first secret"), { label: "v1" });
  return project;
};

const served = (project: Project): string =>
  readFileSync(join(project.root("web1"), "current/public/very-private-name.html"), "utf8").slice(0, 17);

it("stores nothing of the application that is not sealed, and each recipient opens it by age's own program", async () => {
  const [deployer, fleet] = [keys(), keys()];
  const recipients = [deployer.recipient, fleet.recipient];
  const project = await sealedProject({ recipients, identity: new Secret(deployer.identity) });
  expect(ending(await project.engine.deploy({}).result)).toBe("0 done");
  const objects = await stored(project);
  for (const [key, bytes] of objects) {
    for (const word of ["secret", "recipe", "very-private-name", "unchanged.php"])
      expect([key, bytes.includes(word)]).toEqual([key, false]);
    // Nor compressed: gzip and zstd begin so.
    expect([key, bytes.subarray(0, 2).toString("hex")]).not.toEqual([key, "1f8b"]);
    expect([key, bytes.subarray(0, 4).toString("hex")]).not.toEqual([key, "28b52ffd"]);
  }
  const manifest = [...objects].find(([key]) => key.includes("/manifests/")) as [string, Buffer];
  expect(manifest[0]).toMatch(/\/[0-9a-f]{64}\.age$/);
  const archive = [...objects].find(([key]) => key.includes("/bytes/")) as [string, Buffer];
  for (const { identity } of [deployer, fleet]) {
    const file = join(testDirectory("hawser-identity-"), "identity");
    writeFileSync(file, identity);
    const open = (bytes: Buffer) => execFileSync("age", ["-d", "-i", file], { input: bytes });
    expect(open(manifest[1]).toString()).toContain("very-private-name");
    expect(execFileSync("gzip", ["-dc"], { input: open(archive[1]) }).includes("the first secret")).toBe(
      true,
    );
  }
});

it("sends deltas, rolls back and stands still as without sealing, where the deployer has an identity", async () => {
  const one = keys();
  const encryption = { recipients: [one.recipient], identity: new Secret(one.identity) };
  const project = await sealedProject(encryption);
  expect(ending(await project.engine.deploy({}).result)).toBe("0 done");
  expect(ending(await project.engine.deploy({}).result)).toBe("0 unchanged");
  project.source.add(page("another secret"), { label: "v2" });
  const second = await project.engine.deploy({}).result;
  expect([ending(second), second.warnings.filter(({ code }) => code.includes("SEALING"))]).toEqual([
    "0 done",
    [],
  ]);
  expect(second.instances[0]?.bytes).toBeLessThan(unchanged.length / 4);
  const other = await elsewhere(project, encryption);
  expect(ending(await other.rollback({}).result)).toBe("0 done");
  expect(served(project)).toBe("the first secret ");
});

it("without an identity deploys whole archives, stands still, and says what it cannot do", async () => {
  const fleet = keys();
  const project = await sealedProject({ recipients: [fleet.recipient] });
  expect(ending(await project.engine.deploy({}).result)).toBe("0 done");
  expect(ending(await project.engine.deploy({}).result)).toBe("0 unchanged");
  project.source.add(page("another secret"), { label: "v2" });
  const { events, result } = await ended(project.engine.deploy({}));
  expect(ending(result)).toBe("0 done");
  expect(JSON.stringify(events)).toContain("has no identity to open it");
  expect(served(project)).toBe("another secret an");

  const other = await elsewhere(project, { recipients: [fleet.recipient] });
  await expect(other.diff({ from: "000001", to: "000002" })).rejects.toMatchObject({
    code: "HWS_SEALING_NO_IDENTITY",
    hint: expect.stringContaining("encryption.identity"),
  });
});

it("without an identity rolls back on instances that have one: they open what the deployer cannot", async () => {
  const fleet = keys();
  const encryption = { recipients: [fleet.recipient] };
  const project = await sealedProject(encryption);
  await project.engine.deploy({}).result;
  project.source.add(page("another secret"), { label: "v2" });
  await project.engine.deploy({}).result;
  // The release to return to is no longer there whole.
  execFileSync("rm", [
    "-rf",
    join(project.root("web1"), "releases/000001"),
    join(project.root("web1"), ".hawser/releases/000001"),
  ]);
  const other = await elsewhere(project, encryption);
  expect(ending(await other.rollback({}).result)).toBe("1 untouched HWS_SEALING_NO_IDENTITY");
  expect(served(project)).toBe("another secret an");
  lay(project, "web1", fleet);
  expect(ending(await other.rollback({}).result)).toBe("0 done");
  expect(served(project)).toBe("the first secret ");
});

it("refuses a wrong identity by its name, and reads what it needs once the right one is added", async () => {
  const [one, other] = [keys(), keys()];
  const project = await sealedProject({ recipients: [one.recipient], identity: new Secret(one.identity) });
  await project.engine.deploy({}).result;
  project.source.add(page("another secret"), { label: "v2" });
  await project.engine.deploy({}).result;
  const stranger = await elsewhere(project, {
    recipients: [other.recipient],
    identity: new Secret(other.identity),
  });
  await expect(stranger.diff({ from: "000001", to: "000002" })).rejects.toMatchObject({
    code: "HWS_SEALING_STRANGER",
  });
  const both = await elsewhere(project, {
    recipients: [other.recipient],
    identity: new Secret(`${one.identity}${other.identity}`),
  });
  expect((await both.diff({ from: "000001", to: "000002" })).files).toHaveLength(1);
});

it("seals again what was sealed to others, so that a recipient that is added opens the next deploy", async () => {
  const [one, added] = [keys(), keys()];
  const identity = new Secret(one.identity);
  const project = await sealedProject({ recipients: [one.recipient], identity });
  expect((await project.engine.deploy({}).result).release).toBe("000001");
  const rotated = await project.engineWith({
    encryption: { recipients: [one.recipient, added.recipient], identity },
  });
  const next = await rotated.deploy({}).result;
  expect([ending(next), next.release]).toEqual(["0 done", "000002"]);
  const later = await elsewhere(project, {
    recipients: [added.recipient],
    identity: new Secret(added.identity),
  });
  execFileSync("rm", ["-rf", project.root("web1")]);
  mkdirSync(project.root("web1"), { recursive: true });
  expect(ending(await later.deploy({ release: "000002" }).result)).toMatch(/^0 /);
  expect(served(project)).toBe("the first secret ");
});

it("a flipped byte of what is sealed is refused, and nothing of it reaches an instance", async () => {
  const one = keys();
  const encryption = { recipients: [one.recipient], identity: new Secret(one.identity) };
  const project = await sealedProject(encryption);
  await project.engine.deploy({}).result;
  project.source.add(page("another secret"), { label: "v2" });
  await project.engine.deploy({}).result;
  const record = (await stored(project)).get("shop/releases/000001/record")?.toString() ?? "";
  const named = (header: string) => new RegExp(`^${header}: sha256-(.*)$`, "m").exec(record)?.[1] as string;
  execFileSync("rm", [
    "-rf",
    join(project.root("web1"), "releases/000001"),
    join(project.root("web1"), ".hawser/releases/000001"),
  ]);
  for (const prefix of [
    `shop/manifests/${named("manifest")}`,
    `shop/artifacts/${named("artifact")}/bytes/`,
  ]) {
    const [key, good] = [...(await stored(project))].find(([each]) => each.startsWith(prefix)) as [
      string,
      Buffer,
    ];
    const bad = Buffer.from(good);
    bad.writeUInt8(bad.readUInt8(good.length - 40) ^ 1, good.length - 40);
    await project.storage.put({ key, body: bad, sizeBytes: bad.length }, context);
    const other = await elsewhere(project, encryption);
    const result = await other.rollback({}).result;
    expect(ending(result)).toMatch(/^1 untouched HWS_(SEALING_DAMAGED|STATE_ARTIFACT_DIFFERS)$/);
    expect(served(project)).toBe("another secret an");
    await project.storage.put({ key, body: good, sizeBytes: good.length }, context);
  }
  expect(ending(await (await elsewhere(project, encryption)).rollback({}).result)).toBe("0 done");
});

it("doctor names the instances that could not start from storage alone", async () => {
  const one = keys();
  const encryption = { recipients: [one.recipient], identity: new Secret(one.identity) };
  const project = await sealedProject(encryption, 2);
  lay(project, "web1", one);
  const problems = await project.engine.doctor();
  expect(problems.filter(({ code }) => code === "HWS_FLEET_SEALED")).toMatchObject([
    { where: "web2", severity: "warning", message: expect.stringContaining("no identity of age") },
  ]);
  const plain = await openProject({ instances: 1 });
  expect((await plain.engine.doctor()).map(({ code }) => code)).not.toContain("HWS_FLEET_SEALED");
});

it("a promotion brings what is sealed as it is, and nothing in plain where the target has recipients", async () => {
  const one = keys();
  const encryption = { recipients: [one.recipient], identity: new Secret(one.identity) };
  const sealed = await sealedProject(encryption);
  const plain = await openProject({ instances: 1 });
  for (const { engine } of [sealed, plain]) expect(ending(await engine.deploy({}).result)).toBe("0 done");
  const to = new MemoryStorage();
  const copy = (from: Project) =>
    copyRelease({ from: from.storage, to, application: "shop", release: "000001", sealed: true }, context);
  await expect(copy(plain)).rejects.toMatchObject({ code: "HWS_PROMOTION_PLAIN" });
  for await (const { key } of to.list({ prefix: "" }, context)) expect(key).toBe("nothing");
  expect((await copy(sealed)).objects).toBe(4);
  for await (const { key } of to.list({ prefix: "shop/manifests/" }, context)) expect(key).toMatch(/\.age$/);
});
