import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeKey, signaturesOf, signRaw } from "../signing/keys.ts";
import { application, environment } from "./releases.ts";
import { context, type LiveHost, liveHost, shells } from "./shells.ts";
import { folder } from "./trees.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });
const key = makeKey();

type Headers = Readonly<Record<string, string | number>>;

const stateText = (changes: Headers = {}): string => {
  const headers: Headers = {
    "hawser-desired": 1,
    application,
    environment,
    version: 41,
    epoch: 7,
    release: "000003",
    manifest: `sha256-${"a".repeat(64)}`,
    plan: `sha256-${"b".repeat(64)}`,
    previous: "000002",
    run: "000007",
    updated: 1_764_000_000,
    nonce: "0123",
    ...changes,
  };
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join("");
};

const signed = (changes?: Headers): Buffer => signRaw(key, stateText(changes), "hawser-desired@v1");

const trusting = async (path: string): Promise<{ root: string; live: LiveHost }> => {
  const root = join(folder(), "srv");
  const live = await liveHost(root, { path: `${path}:/usr/bin` });
  await live.host.trust({ epoch: 1, application, environment, trust: signaturesOf([key]).trust }, context());
  return { root, live };
};

const tell = async (live: LiveHost, bytes: Buffer) => await live.host.desired({ epoch: 1, bytes }, context());

describe.each(shells)("the desired state under $name", ({ path }) => {
  test("is accepted when a trusted key signed it and it is newer, and stored before it is used", async () => {
    const { root, live } = await trusting(path);
    await using _ = live;
    expect(await tell(live, signed())).toEqual({ version: 41 });
    expect(readFileSync(join(root, ".hawser/trusted"), "utf8")).toMatch(/^41 [0-9a-f]{64}\n$/);
    expect(await tell(live, signed())).toEqual({ version: 41 });
    expect(await tell(live, signed({ version: 42 }))).toEqual({ version: 42 });
    expect(await live.host.survey({ application, environment }, context())).toMatchObject({ trusted: 42 });
  });

  test("of an older version is refused, also with the signature that it once had", async () => {
    const { live } = await trusting(path);
    await using _ = live;
    const old = signed({ version: 41 });
    await tell(live, old);
    await tell(live, signed({ version: 42 }));
    await expect(tell(live, old)).rejects.toEqual(code("HWS_HOST_ROLLED_BACK"));
  });

  test("that differs from the accepted one of its version is refused", async () => {
    const { live } = await trusting(path);
    await using _ = live;
    await tell(live, signed());
    await expect(tell(live, signed({ release: "000002" }))).rejects.toEqual(code("HWS_HOST_EQUIVOCATION"));
  });

  test("that leaps more than 1000 versions ahead is refused", async () => {
    const { live } = await trusting(path);
    await using _ = live;
    await tell(live, signed());
    for (const version of [1042, "9007199254740991"])
      await expect(tell(live, signed({ version }))).rejects.toEqual(code("HWS_HOST_LEAP"));
    expect(await tell(live, signed({ version: 1041 }))).toEqual({ version: 1041 });
  });

  test("of another application or environment is refused, whoever signed it", async () => {
    const { live } = await trusting(path);
    await using _ = live;
    for (const changes of [{ application: "blog" }, { environment: "staging" }, { environment: "-" }])
      await expect(tell(live, signed(changes))).rejects.toEqual(code("HWS_HOST_OWNER"));
  });

  test("with a signature that does not hold is refused, and none at all too", async () => {
    const { root, live } = await trusting(path);
    await using _ = live;
    const good = signed();
    const flipped = Buffer.from(good);
    flipped[30]! ^= 4;
    for (const bytes of [
      Buffer.from(stateText()),
      flipped,
      signRaw(makeKey(), stateText(), "hawser-desired@v1"),
      signRaw(key, stateText(), "hawser-release@v1"),
      good.subarray(0, good.length - 40),
      Buffer.alloc(0),
    ])
      await expect(tell(live, bytes)).rejects.toEqual(code("HWS_HOST_SIGNATURE"));
    expect(() => readFileSync(join(root, ".hawser/trusted"))).toThrow();
  });

  test("outside its grammar is refused though it is signed", async () => {
    const { live } = await trusting(path);
    await using _ = live;
    const texts = [
      stateText({ "hawser-desired": 2 }),
      stateText({ version: "041" }),
      stateText({ version: "-1" }),
      stateText({ version: "1e3" }),
      stateText({ version: "99999999999999999" }),
      stateText({ version: "1;id" }),
      stateText({ epoch: "$(id)" }),
      stateText({ release: "../../etc" }),
      stateText({ release: "00000\t" }),
      stateText({ manifest: `sha256-${"A".repeat(64)}` }),
      stateText({ manifest: `sha256-${"a".repeat(63)}` }),
      stateText({ plan: `md5-${"a".repeat(64)}` }),
      `${stateText()}version: 43\n`,
      `${stateText()}\nrelease: 000004\n`,
      `\u00ef\u00bb\u00bf${stateText()}`,
      `{"version":41}\n`,
      `${stateText()}reason: \u001b[2J\n`,
      `# ${"x".repeat(70_000)}\n`,
    ];
    for (const text of texts) {
      const bytes = signRaw(key, Buffer.from(text, "latin1"), "hawser-desired@v1");
      await expect(tell(live, bytes), text.slice(0, 60)).rejects.toEqual(code("HWS_HOST_DESIRED"));
    }
  });

  test("is told by no deployer that was replaced", async () => {
    const { live } = await trusting(path);
    await using _ = live;
    await live.host.desired({ epoch: 9, bytes: signed() }, context());
    await expect(tell(live, signed({ version: 42 }))).rejects.toEqual(code("HWS_HOST_FENCED"));
  });

  test("is refused while what was accepted before cannot be read", async () => {
    const { root, live } = await trusting(path);
    await using _ = live;
    for (const text of ["", "garbage\n", "-1 x\n"]) {
      writeFileSync(join(root, ".hawser/trusted"), text);
      await expect(tell(live, signed()), text).rejects.toEqual(code("HWS_HOST_STATE"));
    }
  });
});

test("an instance without trust accepts an unsigned state, newer ones only, and no signed one", async () => {
  const root = join(folder(), "srv");
  await using live = await liveHost(root);
  await live.host.trust({ epoch: 1, application, environment, trust: undefined }, context());
  const bytes = Buffer.from(stateText());
  expect(await tell(live, bytes)).toEqual({ version: 41 });
  await expect(tell(live, Buffer.from(stateText({ version: 40 })))).rejects.toEqual(
    code("HWS_HOST_ROLLED_BACK"),
  );
  await expect(tell(live, signed({ version: 42 }))).rejects.toEqual(code("HWS_HOST_SIGNATURE"));
});
