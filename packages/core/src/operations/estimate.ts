import { createReadStream } from "node:fs";
import { createGzip, gzipSync } from "node:zlib";
import { deltaArchive } from "../artifact/delta.ts";
import { manifestDelta, toSend } from "../artifact/difference.ts";
import type { OperationContext } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import type { FleetMember } from "../fleet/member.ts";
import type { Retention } from "../fleet/retention.ts";
import type { DeltaSources } from "../fleet/shipment.ts";
import { chooseBase, isWorthwhile, lenderOf } from "../fleet/staging-method.ts";
import type { Packed } from "../steps/source-steps.ts";
import { readableManifest } from "./readable-manifest.ts";

/** How many bytes a deploy of a release would send, each way measured once. */
export class Estimate {
  readonly #desk: Desk;
  readonly #packed: Packed;
  readonly #retention: Retention;
  readonly #deltas = new Map<string, Promise<number>>();
  #whole: Promise<number> | undefined;

  constructor(desk: Desk, packed: Packed, retention: Retention) {
    this.#desk = desk;
    this.#packed = packed;
    this.#retention = retention;
  }

  /** To one instance: the delta to the base that the deploy would use, or the whole archive. */
  async bytesTo(member: FleetMember, context: OperationContext): Promise<number> {
    const chosen = chooseBase(member.survey?.releases ?? [], this.#retention);
    if (chosen.method === "full") return await this.#wholeBytes();
    const from = { base: chosen.base.manifest, lender: lenderOf(member, chosen.base)?.manifest };
    const key = `${from.base} ${from.lender ?? ""}`;
    const delta = this.#deltas.get(key) ?? this.#measureDelta(from, context);
    this.#deltas.set(key, delta);
    return await delta;
  }

  #wholeBytes(): Promise<number> {
    this.#whole ??= this.#measureWhole();
    return this.#whole;
  }

  async #measureWhole(): Promise<number> {
    const { manifest, path } = this.#packed;
    let bytes = gzipSync(manifest.bytes).length;
    for await (const chunk of createReadStream(path).pipe(createGzip())) bytes += (chunk as Buffer).length;
    return bytes;
  }

  async #measureDelta(from: DeltaSources, context: OperationContext): Promise<number> {
    const { manifest, path } = this.#packed;
    const base = await readableManifest(this.#desk, from.base, context);
    const lender =
      from.lender === undefined ? undefined : await readableManifest(this.#desk, from.lender, context);
    const whole = await this.#wholeBytes();
    // The deploy will have no delta either where what it is made of is sealed to others.
    if (base === undefined || (from.lender !== undefined && lender === undefined)) return whole;
    const names = toSend(manifest, base, lender);
    await using archive = await deltaArchive({ artifact: path, manifest, names }, context);
    const { sizeBytes } = archive;
    const bytes = sizeBytes + gzipSync(manifestDelta(base, manifest)).length;
    return isWorthwhile(sizeBytes, whole) ? bytes : whole;
  }
}
