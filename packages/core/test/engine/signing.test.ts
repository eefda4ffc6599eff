import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import type { MemoryStorage } from "@hawser/testkit";
import { expect, it } from "vitest";
import type { HawserConfig } from "../../src/index.ts";
import { context, makeKey, principal, signRaw, type TestKey } from "../signing/keys.ts";
import { ending, openProject, type Project } from "./fixtures/project.ts";

let files = 0;

/** The config's `signing` for these keys; the first signs. */
const signingOf = (keys: readonly TestKey[], revoked = ""): NonNullable<HawserConfig["signing"]> => {
  const at = `${keys[0]!.path}.${files++}`;
  writeFileSync(`${at}.signers`, keys.map(({ line }) => line).join(""));
  writeFileSync(`${at}.revoked`, revoked);
  return { key: keys[0]!.path, allowedSigners: `${at}.signers`, principal, revoked: `${at}.revoked` };
};

const read = async (storage: MemoryStorage, key: string): Promise<Buffer> =>
  await buffer((await storage.get({ key }, context)).stream);

const write = async (storage: MemoryStorage, key: string, body: Buffer): Promise<void> =>
  void (await storage.put({ key, body, sizeBytes: body.length }, context));

const kept = (project: Project, id: string, name: string): string =>
  readFileSync(join(project.root(id), ".hawser", name), "latin1");

it("signs what it stores, lays its trust, and tells the instances what it published", async () => {
  const key = makeKey();
  const project = await openProject({ config: { signing: signingOf([key]) } });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  expect(project.current()).toEqual(["000001", "000001"]);
  for await (const { key: stored } of project.storage.list({ prefix: "shop/" }, context)) {
    const signed = /\/(record|desired|forms\/[^/]+|[0-9a-f]{64}\.signed)$/.test(stored);
    const text = (await read(project.storage, stored)).toString("latin1");
    expect(text.includes("BEGIN SSH SIGNATURE"), stored).toBe(signed);
  }
  expect(kept(project, "web1", "trust/signers")).toBe(key.line);
  expect(kept(project, "web2", "trusted")).toMatch(/^1 /);
  project.source.add({ "index.html": "two" });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  expect(kept(project, "web2", "trusted")).toMatch(/^2 /);
  expect(ending(await project.engine.rollback().result)).toBe("0 done");
  expect(kept(project, "web2", "trusted")).toMatch(/^3 /);
  expect(project.current()).toEqual(["000001", "000001"]);
  expect(ending(await project.engine.deploy().result)).toBe("1 untouched HWS_RELEASE_BAD");
});

it("refuses to begin where a signature could not be made, or not be verified", async () => {
  const [known, other] = [makeKey(), makeKey()];
  const project = await openProject({ config: { signing: signingOf([known]) } });
  const begin = async (config: Partial<HawserConfig>) =>
    ending(await (await project.engineWith(config)).deploy().result);
  const { key: _, ...verifyOnly } = signingOf([known]);
  expect(await begin({ signing: verifyOnly })).toBe("1 untouched HWS_FLEET_PREFLIGHT");
  expect(await begin({ signing: { ...signingOf([known]), key: other.path } })).toBe(
    "1 untouched HWS_FLEET_PREFLIGHT",
  );
  expect(project.current()).toEqual([null, null]);
  expect(await begin({})).toBe("0 done");
  // Another deployer without the block neither believes nor is believed.
  expect(await begin({ signing: undefined as never })).toMatch(/^[12] .*HWS_SIGNATURE_UNEXPECTED$/);
});

it("finds an instance that demands signatures when the config has none", async () => {
  const project = await openProject({ instances: 1, config: { signing: signingOf([makeKey()]) } });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  for await (const { key } of project.storage.list({ prefix: "shop/" }, context))
    await project.storage.delete({ key }, context);
  const unsigned = await project.engineWith({ signing: undefined as never });
  const problems = await unsigned.doctor();
  expect(problems).toMatchObject([{ code: "HWS_SIGNING_TRUST_LAID", where: "web1" }]);
  const { error } = await unsigned.deploy({ adopt: true }).result;
  expect(error?.code).toBe("HWS_FLEET_PREFLIGHT");
});

it("stops before anything is changed when somebody put an old desired state back", async () => {
  const project = await openProject({ instances: 1, config: { signing: signingOf([makeKey()]) } });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  const old = await read(project.storage, "shop/top/desired");
  project.source.add({ "index.html": "two" });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  await write(project.storage, "shop/top/desired", old);
  project.source.add({ "index.html": "three" });
  expect(ending(await project.engine.deploy().result)).toBe("1 untouched HWS_FLEET_OLD_DESIRED");
  expect(project.current()).toEqual(["000002"]);
  expect(ending(await project.engine.deploy({ adopt: true }).result)).toBe("0 done");
  expect(kept(project, "web1", "trusted")).toMatch(/^3 /);
});

it("runs no plan that a mark names and no signer made", async () => {
  const project = await openProject({ instances: 1, config: { signing: signingOf([makeKey()]) } });
  const { storage } = project;
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  const evil = "e".repeat(64);
  const mark = JSON.parse((await read(storage, "shop/top/marks/000001")).toString());
  const plan = await read(storage, `shop/plans/${mark.plan.slice(7)}`);
  await write(storage, `shop/plans/${mark.plan.slice(7)}.signed`, Buffer.from("hawser-plan: 1\n"));
  expect(ending(await project.engine.rollback().result)).toMatch(/^1 untouched HWS_SIGNATURE_MISSING$/);
  await write(storage, `shop/plans/${evil}`, plan);
  await write(
    storage,
    "shop/top/marks/000001",
    Buffer.from(JSON.stringify({ ...mark, plan: `sha256-${evil}` })),
  );
  expect(ending(await project.engine.rollback().result)).toMatch(/^1 untouched HWS_/);
  expect(project.current()).toEqual(["000002"]);
});

it("goes over to another key by an overlap, and revokes the old one", async () => {
  const [old, fresh] = [makeKey(), makeKey()];
  const project = await openProject({ config: { signing: signingOf([old]) } });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  const both = await project.engineWith({ signing: signingOf([fresh, old]) });
  // The release is the same: only the trust is new, and the desired state is signed again.
  expect(ending(await both.deploy().result)).toBe("0 done");
  expect(kept(project, "web1", "trust/signers")).toBe(fresh.line + old.line);
  project.source.add({ "index.html": "two" });
  const alone = await project.engineWith({
    signing: signingOf([fresh], `${old.publicKey}\n`),
  });
  // What the old key signed is not believed any more, so there is nothing to go back to.
  expect(ending(await alone.deploy().result)).toMatch(/HWS_SIGNATURE_WRONG$/);
  expect(ending(await both.deploy().result)).toBe("0 done");
  expect(kept(project, "web1", "trusted")).toMatch(/^3 /);
});

it("signs what was stored before with the new key, so that the old one can go", async () => {
  const [old, fresh] = [makeKey(), makeKey()];
  const project = await openProject({ instances: 1, config: { signing: signingOf([old]) } });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  const both = await project.engineWith({ signing: signingOf([fresh, old]) });
  const { signed, problems } = await both.sign();
  expect(problems).toEqual([]);
  expect(await both.sign()).toEqual({ signed: 0, kept: signed, until: null, problems: [] });
  const alone = await project.engineWith({ signing: signingOf([fresh], `${old.publicKey}\n`) });
  expect((await alone.fsck()).problems).toEqual([]);
  expect(ending(await alone.rollback().result)).toBe("0 done");
  expect(project.current()).toEqual(["000001"]);
});

it("signs what was stored before signing began only for who says so, and never what was forged", async () => {
  const project = await openProject({ instances: 1 });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  const { storage } = project;
  const key = "shop/releases/000001/record";
  await write(storage, key, signRaw(makeKey(), await read(storage, key), "hawser-release@v1"));
  const signing = await project.engineWith({ signing: signingOf([makeKey()]) });
  expect(ending(await signing.deploy().result)).toMatch(/^1 untouched HWS_SIGNATURE_MISSING$/);
  expect((await signing.sign()).signed).toBe(0);
  const { signed, problems } = await signing.sign({ unsigned: true });
  expect(signed).toBeGreaterThan(3);
  expect(problems).toMatchObject([{ where: key, code: "HWS_SIGNATURE_WRONG" }]);
  project.source.add({ "index.html": "three" });
  expect(ending(await signing.deploy().result)).toBe("0 done");
  expect(project.current()).toEqual(["000003"]);
});

it("does not take a release for the build of another revision, whatever storage says", async () => {
  const project = await openProject({ instances: 1, config: { signing: signingOf([makeKey()]) } });
  const { storage } = project;
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" }, { label: "v2" });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  const builds: string[] = [];
  for await (const { key } of storage.list({ prefix: "shop/builds/" }, context)) builds.push(key);
  for (const key of builds) await write(storage, key, Buffer.from('{"layout":1,"release":"000001"}\n'));
  const { release } = await project.engine.deploy({ ref: "v2" }).result;
  expect(release).not.toBe("000001");
});

it("does not believe a release record that was changed in storage, signed again by a stranger or not", async () => {
  const project = await openProject({ instances: 1, config: { signing: signingOf([makeKey()]) } });
  const { storage } = project;
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  project.source.add({ "index.html": "two" });
  expect(ending(await project.engine.deploy().result)).toBe("0 done");
  const record = (await read(storage, "shop/releases/000001/record")).toString("latin1");
  const text = record.slice(0, record.indexOf("-----BEGIN"));
  for (const bytes of [
    Buffer.from(text),
    Buffer.from(record.replace("application: shop", "application: blog")),
    signRaw(makeKey(), text, "hawser-release@v1"),
  ]) {
    await write(storage, "shop/releases/000001/record", bytes);
    expect(ending(await project.engine.rollback().result)).toMatch(/^1 untouched HWS_SIGNATURE_/);
  }
  expect(project.current()).toEqual(["000002"]);
});
