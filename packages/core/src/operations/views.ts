import type { OperationContext } from "../contracts/common.ts";
import type { LogEntry, ReleaseSummary } from "../contracts/engine-reports.ts";
import type { ReleasesRequest } from "../contracts/engine-requests.ts";
import type { RunEvent } from "../contracts/events.ts";
import type { ReadingDesk } from "../engine/reading-desk.ts";
import { readRunEvents } from "../state/run-events.ts";
import { readRunLog } from "../state/run-log.ts";
import { pinReport } from "./pins.ts";

/** The releases in storage that are asked for, newest first, with what this environment knows of them. */
export const releases = async (
  desk: ReadingDesk,
  request: ReleasesRequest,
): Promise<readonly ReleaseSummary[]> =>
  (await storedReleases(desk)).filter((release) => isWanted(release, request)).slice(0, request.limit);

const isWanted = (release: ReleaseSummary, { revision, good, bad, inService, since }: ReleasesRequest) =>
  (revision === undefined || isOf(release, revision)) &&
  (good === undefined || release.good === good) &&
  (bad === undefined || release.bad === bad) &&
  (inService === undefined || release.inService.length > 0 === inService) &&
  (since === undefined || release.created >= since);

/** As people name a revision: by its label, or by the first digits of its name. */
const isOf = ({ revision, label }: ReleaseSummary, asked: string): boolean =>
  asked === revision || asked === label || (asked.length >= 4 && revision.startsWith(asked));

const storedReleases = async (desk: ReadingDesk): Promise<readonly ReleaseSummary[]> => {
  const context = desk.reporter.operation(desk.control.signal, "releases");
  const [records, marks, desired, pins] = await Promise.all([
    desk.stores.releases.list(context),
    desk.stores.marks.list(context),
    desk.stores.desired.read(context),
    desk.stores.pins.list(context),
  ]);
  return records.reverse().map((record) => {
    const { label, author } = record.revision;
    const mark = marks.get(record.id);
    const pin = pins.get(record.id);
    return {
      id: record.id,
      revision: record.revision.id,
      ...(label !== undefined && { label }),
      ...(author !== undefined && { author }),
      created: record.created * 1000,
      artifact: record.artifact,
      sizeBytes: record.filesBytes,
      inService: desired?.state.release === record.id ? [desk.config.environment || "top level"] : [],
      good: mark?.good !== undefined && mark.bad === undefined,
      bad: mark?.bad !== undefined,
      ...(pin !== undefined && { pinned: pinReport(pin) }),
    };
  });
};

/** What a run told; without a name the newest one. */
export async function* events(
  desk: ReadingDesk,
  request: { readonly run?: string },
): AsyncGenerator<RunEvent> {
  const context = desk.reporter.operation(desk.control.signal, "events");
  const run = request.run ?? (await newestRun(desk, context));
  if (run === undefined) return;
  const { storage, application, environment } = desk.stores;
  yield* readRunEvents(storage, { application, environment, run }, context);
}

const newestRun = async ({ stores }: ReadingDesk, context: OperationContext): Promise<string | undefined> =>
  (await stores.runs.list({ limit: 1 }, context))[0]?.run;

/** The kept output of a run; without a name that of the newest one. */
export async function* logs(
  desk: ReadingDesk,
  request: { readonly run?: string; readonly instance?: string; readonly step?: string },
): AsyncGenerator<LogEntry> {
  const context = desk.reporter.operation(desk.control.signal, "logs");
  const { storage, application, environment } = desk.stores;
  const run = request.run ?? (await newestRun(desk, context));
  if (run === undefined) return;
  yield* readRunLog(storage, application, environment, run, context, request);
}
