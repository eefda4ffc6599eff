import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chanceOf } from "./chance.ts";
import { scale } from "./scale.ts";
import { SignedStorage } from "./signed-storage.ts";

const seed = Number(process.env.HAWSER_SEED ?? 20_261_128);
const begin = "-----BEGIN SSH SIGNATURE-----";

let world: SignedStorage;
beforeAll(async () => {
  world = await SignedStorage.open();
});
afterAll(async () => await world?.[Symbol.asyncDispose]());

interface Target {
  readonly name: string;
  readonly file: string;
  /** The bytes that are flipped: from, to. */
  readonly range: readonly [number, number];
}

/** The kinds of objects, and the signatures as a kind of their own. */
const targets = (): Target[] => {
  const { record, manifest, form, archive } = world.second.keys;
  const desired = world.desiredKey;
  const whole = (name: string, key: string): Target => {
    const file = world.file(key);
    const bytes = readFileSync(file);
    const signed = bytes.indexOf(begin);
    return { name, file, range: [0, signed === -1 ? bytes.length : signed] };
  };
  const signature = (name: string, key: string): Target => {
    const file = world.file(key);
    const bytes = readFileSync(file);
    return { name: `signature of the ${name}`, file, range: [bytes.indexOf(begin), bytes.length] };
  };
  return [
    whole("archive", archive),
    whole("manifest", manifest),
    whole("release record", record),
    whole("form record", form),
    whole("desired state", desired),
    signature("release record", record),
    signature("form record", form),
    signature("desired state", desired),
  ];
};

const refusal = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => "",
    (error: unknown) => (error as Error).message || "refused",
  );

it(`detects each of ${scale.flips} random flips of a bit, activates nothing, and leaves current alone (seed ${seed})`, async () => {
  const chance = chanceOf(seed);
  const kinds = targets();
  const before = world.standing();
  const accepted: string[] = [];
  for (let flip = 0; flip < scale.flips; flip++) {
    const { name, file, range } = kinds[flip % kinds.length]!;
    const bytes = readFileSync(file);
    const at = range[0] + Math.floor(chance() * (range[1] - range[0]));
    const bit = Math.floor(chance() * 8);
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 1 << bit;
    writeFileSync(file, flipped);
    const where = `bit ${bit} of byte ${at} of the ${name}`;
    if ((await refusal(world.read(world.second))) === "") accepted.push(`the deployer: ${where}`);
    const kept = name.includes("desired") ? undefined : hold();
    if ((await refusal(world.arrive(world.second))) === "") accepted.push(`the instance: ${where}`);
    kept?.();
    if (world.standing() !== before) accepted.push(`changed by ${where}: ${world.standing()}`);
    writeFileSync(file, bytes);
  }
  expect(accepted).toEqual([]);
  // Whole, the same bytes are taken: what refused was the flip.
  expect(await refusal(world.read(world.second))).toBe("");
  expect(await refusal(world.arrive(world.second))).toBe("");
  expect(world.standing()).toMatch(/^releases\/000002 2 [0-9a-f]{64}\n with$/);
}, 1_800_000);

/** The desired state is good and is accepted: afterwards the instance has accepted the first one only, as before. */
const hold = (): (() => void) => {
  const file = `${world.root}/.hawser/trusted`;
  const text = readFileSync(file);
  return () => writeFileSync(file, text);
};
