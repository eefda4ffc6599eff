import type { Outcome } from "../contracts/events.ts";
import type { Desk } from "../engine/operation.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import type { Maintained } from "../state/maintenance.ts";

/** Verbs that a person gives again without a word of their own: the others were given words that are not known here. */
const bare: ReadonlySet<string> = new Set(["deploy", "rollback", "prune"]);

/** Writes a command as a person gives it for this environment. */
export const hawserIn = ({ config }: Pick<Desk, "config">): ((rest: string) => string) => {
  const where = config.environment === "" ? "" : ` -e ${config.environment}`;
  return (rest) => `hawser ${rest}${where}`;
};

/** The commands that a person gives next, complete with the environment. */
export const nextCommands = (
  desk: Pick<Desk, "config">,
  state: {
    readonly outcome: Outcome;
    readonly run: string | null;
    readonly open: boolean;
    /** What was asked for, when it did not begin. */
    readonly verb?: string;
    readonly error?: HawserError | undefined;
    /** The `once` of an open run that the release before cannot live with. */
    readonly crossed?: string | undefined;
    /** That the application is in maintenance now. */
    readonly maintained?: Maintained | undefined;
  },
): string[] => {
  const hawser = hawserIn(desk);
  if (state.error?.code === "HWS_LOCK_BUSY") {
    const id = String(state.error.details.id ?? "ID");
    const verb = state.verb ?? "deploy";
    return [
      ...(bare.has(verb) ? [hawser(`${verb} --wait=10m`)] : []),
      `${hawser(`unlock ${id}`)}   # only if its owner is known to be dead`,
    ];
  }
  const unhold =
    state.error?.code === "HWS_HOLD_HELD" ? [`${hawser("unhold")}   # when the reason is gone`] : [];
  const logs = state.run === null ? [] : [hawser(`logs ${state.run}`)];
  const unmaintain =
    state.maintained?.run === undefined
      ? []
      : [
          `${hawser("maintenance off")}   # only to let visitors in ${state.open ? "before the run ends" : "now"}`,
        ];
  if (state.open) {
    const abandon =
      state.crossed === undefined
        ? hawser("deploy --abandon")
        : `${hawser("deploy --abandon --allow-incompatible")}   # only if what ran before can run after ${state.crossed}`;
    return [hawser("status"), ...logs, ...unhold, hawser("deploy --resume"), abandon, ...unmaintain];
  }
  if (state.outcome === "done" || state.outcome === "unchanged") return unmaintain;
  if (unhold.length > 0) return unhold;
  // A run that is over can be shown whole.
  const ended = state.run === null ? [] : [...logs, hawser(`report ${state.run}`)];
  if (state.error?.code === "HWS_FLEET_PREFLIGHT") return [hawser("doctor")];
  if (state.outcome === "incomplete")
    return [hawser("status"), ...ended, hawser("deploy"), hawser("rollback")];
  const further = unmaintain.length > 0 ? [`${hawser("deploy")}   # one that succeeds ends maintenance`] : [];
  return [hawser("status"), ...ended, ...further, ...unmaintain];
};
