import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Trust } from "../../src/signing/trust.ts";
import { makeKey, principal, signaturesOf, signRaw, type TestKey } from "../signing/keys.ts";
import { application, environment, releaseOf } from "./releases.ts";
import { context, type LiveHost, liveHost, shells } from "./shells.ts";
import { folder, tree } from "./trees.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });
const owner = { epoch: 1, application, environment };

const trusting = async (
  path: string,
  trust: Pick<Trust, "signers" | "principal" | "revoked">,
): Promise<{ root: string; live: LiveHost }> => {
  const root = join(folder(), "srv");
  const live = await liveHost(root, { path });
  await live.host.trust({ ...owner, trust }, context());
  return { root, live };
};

/** A busybox without an ssh-keygen of its own has the machine's. */
const withTool = (path: string): string => `${path}:/usr/bin`;

const release = await releaseOf(tree({ a: "1" }), "000001");
const signed = (key: TestKey, namespace = "hawser-release@v1"): Buffer =>
  signRaw(key, release.record, namespace);

describe.each(shells)("trust under $name", ({ path: shellPath }) => {
  const path = withTool(shellPath);

  test("is laid by its first request, and named to the deployer by what was laid", async () => {
    const { trust } = signaturesOf([makeKey()], { revoked: `${makeKey().publicKey} lost\n` });
    const { root, live } = await trusting(path, trust);
    await using _ = live;
    const survey = await live.host.survey({ application, environment }, context());
    expect(survey).toMatchObject({ trust: trust.digest, trusted: 0, tools: { signatures: true } });
    expect(readFileSync(join(root, ".hawser/trust/signers"), "latin1")).toBe(trust.signers);
    expect(await live.host.trust({ ...owner, trust }, context())).toEqual({ changed: false, forgot: false });
    const other = signaturesOf([makeKey()]).trust;
    expect(await live.host.trust({ ...owner, trust: other }, context())).toMatchObject({ changed: true });
    expect(await live.host.survey({ application, environment }, context())).toMatchObject({
      trust: other.digest,
    });
  });

  test("lets a release in whose record a trusted key signed, and keeps the record as it came", async () => {
    const key = makeKey();
    const { root, live } = await trusting(path, signaturesOf([key]).trust);
    await using _ = live;
    const record = signed(key);
    const staged = await live.host.stage(await release.full({ record }), context());
    expect(staged).toMatchObject({ already: false, state: "staged" });
    expect(readFileSync(join(root, ".hawser/releases/000001/record"))).toEqual(record);
    const again = await live.host.stage(await release.full({ record }), context());
    expect(again).toMatchObject({ already: true });
    const { releases } = await live.host.survey({ application, environment }, context());
    expect(releases).toMatchObject([{ id: "000001", manifest: release.manifest.digest }]);
  });

  test("refuses a record that no trusted key signed, before anything is unpacked", async () => {
    const [key, revoked, stranger] = [makeKey(), makeKey(), makeKey()];
    const { trust } = signaturesOf([key, revoked], { revoked: `${revoked.publicKey}\n` });
    const { root, live } = await trusting(path, trust);
    await using _ = live;
    const good = signed(key);
    const flipped = Buffer.from(good);
    flipped[20]! ^= 1;
    const records = {
      "no signature": release.record,
      "an unknown key": signed(stranger),
      "a revoked key": signed(revoked),
      "another purpose": signed(key, "file"),
      "the purpose of a desired state": signed(key, "hawser-desired@v1"),
      "a changed record": flipped,
      "a cut signature": good.subarray(0, good.length - 60),
      "an empty signature": Buffer.concat([
        release.record,
        Buffer.from("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n"),
      ]),
      "two signatures": Buffer.concat([good, good.subarray(release.record.length)]),
      "something after the signature": Buffer.concat([good, Buffer.from("release: 000002\n")]),
      "no newline at its end": good.subarray(0, good.length - 1),
      "a NUL before the signature": Buffer.concat([Buffer.from("\0"), good]),
    };
    for (const [name, record] of Object.entries(records)) {
      const refused = live.host.stage(await release.full({ record }), context());
      await expect(refused, name).rejects.toEqual(code("HWS_HOST_SIGNATURE"));
    }
    expect((await live.host.survey({ application, environment }, context())).releases).toEqual([]);
    expect(() => readFileSync(join(root, "releases/000001/a"))).toThrow();
  });

  test("is not ended by an empty one, only by who says so", async () => {
    const key = makeKey();
    const { trust } = signaturesOf([key]);
    const { live } = await trusting(path, trust);
    await using _ = live;
    const empty = {
      verb: "trust",
      headers: { epoch: "1", application, environment, signers: "0", revoked: "0" },
    };
    expect((await live.session.call(empty, context())).fields).toMatchObject({ code: "HWS_HOST_TRUST" });
    await expect(live.host.stage(await release.full(), context())).rejects.toEqual(
      code("HWS_HOST_SIGNATURE"),
    );
    await live.host.trust({ ...owner, trust: undefined }, context());
    await live.host.stage(await release.full(), context());
    const record = signed(key);
    await expect(live.host.stage(await release.full({ record }), context())).rejects.toEqual(
      code("HWS_HOST_SIGNATURE"),
    );
  });

  test("that is damaged or a link lets nothing in", async () => {
    const key = makeKey();
    const { root, live } = await trusting(path, signaturesOf([key]).trust);
    await using _ = live;
    const stage = async () => await live.host.stage(await release.full({ record: signed(key) }), context());
    const kept = join(root, ".hawser/trust");
    for (const part of ["principal", "signers"]) {
      const text = readFileSync(join(kept, part));
      for (const other of ["", "x\n", "-h\n"]) {
        writeFileSync(join(kept, part), other);
        await expect(stage(), `${part} is ${other}`).rejects.toEqual(code("HWS_HOST_SIGNATURE"));
      }
      rmSync(join(kept, part));
      await expect(stage(), `no ${part}`).rejects.toEqual(code("HWS_HOST_SIGNATURE"));
      writeFileSync(join(kept, part), text);
    }
    writeFileSync(join(kept, "revoked"), "garbage\n");
    await expect(stage(), "revoked is garbage").rejects.toEqual(code("HWS_HOST_SIGNATURE"));
    rmSync(kept, { recursive: true });
    symlinkSync("/nowhere", kept);
    await expect(stage(), "a link").rejects.toEqual(code("HWS_HOST_LAYOUT"));
  });

  test("is laid neither by a deployer that was replaced nor with lines outside the grammar", async () => {
    const key = makeKey();
    const { trust } = signaturesOf([key]);
    const { live } = await trusting(path, trust);
    await using _ = live;
    await live.host.trust({ ...owner, epoch: 5, trust }, context());
    await expect(live.host.trust({ ...owner, epoch: 4, trust }, context())).rejects.toEqual(
      code("HWS_HOST_FENCED"),
    );
    for (const wrong of [
      { signers: `garbage\n${key.line}`, principal, revoked: "" },
      { signers: "# nobody\n", principal, revoked: "" },
      { signers: `${principal} cert-authority ${key.publicKey}\n`, principal, revoked: "" },
      { signers: key.line, principal: "-h", revoked: "" },
      { signers: key.line, principal: "*", revoked: "" },
      { signers: key.line, principal, revoked: "garbage\n" },
    ])
      await expect(live.host.trust({ ...owner, epoch: 5, trust: wrong }, context())).rejects.toEqual(
        code("HWS_HOST_REQUEST"),
      );
    expect(await live.host.survey({ application, environment }, context())).toMatchObject({
      trust: trust.digest,
    });
  });

  test("keeps the accepted version while keys are added, and counts anew once one is removed or revoked", async () => {
    const [old, fresh] = [makeKey(), makeKey()];
    const { root, live } = await trusting(path, signaturesOf([old]).trust);
    await using _ = live;
    const trusted = join(root, ".hawser/trusted");
    writeFileSync(trusted, `7 ${"0".repeat(64)}\n`);
    const lay = async (keys: readonly TestKey[], revoked = "") =>
      await live.host.trust({ ...owner, trust: signaturesOf(keys, { revoked }).trust }, context());
    expect(await lay([old, fresh])).toEqual({ changed: true, forgot: false });
    expect(readFileSync(trusted, "utf8")).toMatch(/^7 /);
    expect(await lay([fresh])).toEqual({ changed: true, forgot: true });
    expect(() => readFileSync(trusted)).toThrow();
    writeFileSync(trusted, `9 ${"0".repeat(64)}\n`);
    expect(await lay([fresh, old])).toMatchObject({ forgot: false });
    expect(await lay([fresh, old], `${old.publicKey}\n`)).toMatchObject({ forgot: true });
  });
});

test("an instance without ssh-keygen says so, and lets nothing in once trust is laid", async () => {
  const [{ path }] = shells.filter(({ name }) => name.startsWith("busybox")) as [(typeof shells)[number]];
  const key = makeKey();
  const { live } = await trusting(path, signaturesOf([key]).trust);
  await using _ = live;
  const { tools } = await live.host.survey({ application, environment }, context());
  expect(tools.signatures).toBe(false);
  await expect(live.host.stage(await release.full({ record: signed(key) }), context())).rejects.toEqual(
    code("HWS_HOST_TOOL_MISSING"),
  );
});
