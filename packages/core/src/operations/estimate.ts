import { createReadStream } from "node:fs";
import { createGzip, gzipSync } from "node:zlib";
import { deltaArchive } from "../artifact/delta.ts";
import { difference, manifestDelta } from "../artifact/difference.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import type { FleetMember } from "../fleet/member.ts";
import { superfluous } from "../fleet/staging.ts";
import type { Packed } from "../steps/source-steps.ts";
import { readableManifest } from "./readable-manifest.ts";

const wholeBytes = new WeakMap<Packed, Promise<number>>();
const deltaBytes = new WeakMap<Packed, Map<string, Promise<number>>>();

const measureWhole = async (packed: Packed): Promise<number> => {
  let bytes = gzipSync(packed.manifest.bytes).length;
  for await (const chunk of createReadStream(packed.path).pipe(createGzip()))
    bytes += (chunk as Buffer).length;
  return bytes;
};

const wholeOf = (packed: Packed): Promise<number> => {
  const whole = wholeBytes.get(packed) ?? measureWhole(packed);
  wholeBytes.set(packed, whole);
  return whole;
};

const measureDelta = async (
  desk: Desk,
  base: string,
  packed: Packed,
  context: OperationContext,
): Promise<number> => {
  const from = await readableManifest(desk, base, context);
  // The deploy will have no delta to it either.
  if (from === undefined) return await wholeOf(packed);
  const names = difference(from, packed.manifest)
    .send.filter(({ mode }) => mode !== "dir")
    .map(({ name }) => name);
  const archive = await deltaArchive({ artifact: packed.path, manifest: packed.manifest, names }, context);
  return archive.sizeBytes + gzipSync(manifestDelta(from, packed.manifest)).length;
};

/** How many bytes a deploy would send to one instance: the delta to the base it would use, or the whole archive. */
export const bytesToShip = async (
  desk: Desk,
  member: FleetMember,
  packed: Packed,
  context: OperationContext,
): Promise<number> => {
  const held = member.survey?.releases ?? [];
  const [marks, pinned] = await Promise.all([desk.stores.marks.list(context), desk.stores.pins.ids(context)]);
  const good = new Set([...marks].flatMap(([id, mark]) => (mark.good !== undefined ? [id] : [])));
  const stays = [member.survey?.current.release, member.survey?.previous].filter(
    (id) => typeof id === "string",
  );
  const retention = { keep: desk.config.keep.instances, protected: new Set([...stays, ...pinned]), good };
  const base = superfluous(held, retention)[0] ?? held.findLast(({ state }) => state === "installed");
  if (base === undefined) {
    return await wholeOf(packed);
  }
  const known = deltaBytes.get(packed) ?? new Map<string, Promise<number>>();
  deltaBytes.set(packed, known);
  const delta = known.get(base.manifest) ?? measureDelta(desk, base.manifest, packed, context);
  known.set(base.manifest, delta);
  return await delta;
};
