import type { OperationContext } from "../contracts/common.ts";
import type { Desk } from "../engine/operation.ts";
import type { OtherEnvironment, OtherEnvironments } from "../engine/other-environments.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { copyRelease } from "../state/release-copy.ts";

/** Where a promoted release comes from; kept in the run's journal. */
export interface Promotion {
  readonly environment: string;
  readonly release: string;
}

export interface PromotionRequest {
  readonly release?: string | undefined;
  readonly from?: string | undefined;
  readonly message?: string | undefined;
}

/** A release in another environment's storage, or in the one that it shares with this one. */
export interface Origin extends AsyncDisposable {
  readonly other: OtherEnvironment;
  readonly release: string;
}

/**
 * Where the release that is asked for is to be taken from: the environment that is named, or, for a release that this
 * environment's storage does not have, the one whose storage has it. Undefined when nothing is to be taken from elsewhere.
 */
export const originOf = async (
  desk: Desk,
  others: OtherEnvironments,
  { release, from }: PromotionRequest,
  context: OperationContext,
): Promise<Origin | undefined> => {
  if (from === undefined) {
    if (release === undefined || (await desk.stores.releases.get(release, context)) !== undefined)
      return undefined;
    const other = await findElsewhere(desk, others, release, context);
    return other && originIn(other, release);
  }
  const other = await others.open(from);
  try {
    const desired = release === undefined ? await other.stores.desired.read(context) : undefined;
    const id = release ?? desired?.state.release;
    if (id === undefined) throw engineErrors.HWS_PROMOTION_NOTHING([from]);
    return originIn(other, id);
  } catch (error) {
    await other[Symbol.asyncDispose]();
    throw error;
  }
};

const originIn = (other: OtherEnvironment, release: string): Origin => ({
  other,
  release,
  [Symbol.asyncDispose]: () => other[Symbol.asyncDispose](),
});

/** The only other environment whose storage has the release; several with different ones is an error. */
const findElsewhere = async (
  desk: Desk,
  others: OtherEnvironments,
  release: string,
  context: OperationContext,
): Promise<OtherEnvironment | undefined> => {
  let found: { readonly other: OtherEnvironment; readonly bytes: Buffer } | undefined;
  const names = await others.names();
  const having: string[] = [];
  try {
    for (const name of names) {
      const other = await openIfItAnswers(desk, others, name);
      const record = await other?.stores.releases.get(release, context).catch(warned(desk, name));
      if (other === undefined || record === undefined) {
        await other?.[Symbol.asyncDispose]();
        continue;
      }
      having.push(name);
      if (found === undefined) found = { other, bytes: record.bytes };
      else {
        await other[Symbol.asyncDispose]();
        if (!found.bytes.equals(record.bytes)) throw engineErrors.HWS_PROMOTION_AMBIGUOUS([release, having]);
      }
    }
  } catch (error) {
    await found?.other[Symbol.asyncDispose]();
    throw error;
  }
  return found?.other;
};

const warned =
  (desk: Desk, environment: string) =>
  (error: unknown): undefined => {
    desk.control.signal.throwIfAborted();
    const { code, message } = asHawserError(error);
    desk.reporter.warn({ code, message: `the storage of ${environment} could not be looked at: ${message}` });
  };

const openIfItAnswers = async (
  desk: Desk,
  others: OtherEnvironments,
  environment: string,
): Promise<OtherEnvironment | undefined> => await others.open(environment).catch(warned(desk, environment));

/** A person's message in the one line that a note has. */
const oneLine = (message: string | undefined): string | undefined =>
  message
    ?.replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, 1000) || undefined;

/**
 * Brings the release into this environment's storage, as it is: same bytes, same record, same signature. Takes no lock of
 * the other environment and changes nothing there. What was copied is written down beside the runs.
 */
export const promote = async (
  desk: Desk,
  { other, release }: Origin,
  message: string | undefined,
  context: OperationContext,
): Promise<Promotion> => {
  const { storage, application, notes, sealing } = desk.stores;
  const step = "promote";
  desk.reporter.emit({
    type: "step",
    step,
    phase: "started",
    detail: `${release} from ${other.environment}`,
  });
  const began = performance.now();
  const request = { from: other.stores.storage, to: storage, application, release, sealed: sealing.seals };
  const { objects, bytes } = await copyRelease(request, context);
  const origin = other.environment;
  const why = oneLine(message);
  if (objects > 0)
    await notes.ofApplication(
      { verb: "promote", release, origin, ...(why !== undefined && { why }) },
      context,
    );
  const detail = objects === 0 ? "is here already" : `${objects} objects, ${bytes} bytes were copied`;
  const durationMs = Math.round(performance.now() - began);
  desk.reporter.emit({ type: "step", step, phase: "done", detail, durationMs });
  return { environment: origin, release };
};
