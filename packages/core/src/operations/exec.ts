import type { OperationContext } from "../contracts/common.ts";
import type { ExecRequest } from "../contracts/engine-requests.ts";
import type { RunResult } from "../contracts/events.ts";
import type { Desk } from "../engine/operation.ts";
import { asHawserError } from "../engine/reporter.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { environmentOf } from "../fleet/command-place.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { FleetMember } from "../fleet/member.ts";
import { shellWords } from "../host/shell-words.ts";
import { execId } from "../state/exec-id.ts";
import { RunLog } from "../state/run-log.ts";
import { chosenMembers } from "./choice.ts";
import { type DesiredPlace, desiredPlace } from "./desired-place.ts";
import { hawserIn } from "./next-commands.ts";
import { exitCodeOf, resultOf } from "./result.ts";
import { runUnderWay } from "./under-way.ts";
import { openFleet } from "./workplace.ts";

const defaultTimeoutMs = 10 * 60_000;
/** What a log keeps of one instance. */
const outputLimitBytes = 8 * 1024 * 1024;
/** The host program takes a longer script for a mistake. */
const maxScriptBytes = 100_000;
const maxToldLength = 1000;
/** How often a run that begins meanwhile may raise the epoch under a command that is about to start. */
const attempts = 5;

/** What is executed, in hand. */
interface Execution {
  readonly desk: Desk;
  readonly fleet: Fleet;
  readonly place: DesiredPlace;
  readonly id: string;
  /** The program's name, for events and logs. */
  readonly name: string;
  readonly script: string;
  readonly timeoutMs: number;
  readonly log: RunLog;
}

/**
 * Runs a program in `current` of instances. A lost session attaches to it again; it never runs twice. Takes no lock: its epoch is
 * the one that the instance has seen, so that it fences nobody off.
 */
export const exec = async (desk: Desk, request: ExecRequest): Promise<RunResult> => {
  const began = performance.now();
  // There is nothing to put back: whoever interrupts wants it to end.
  desk.control.onCancel(() => desk.control.cancel("stop"));
  const context = desk.reporter.operation(desk.control.signal, "exec");
  const id = execId();
  await using fleet = openFleet(desk, true);
  let chosen: readonly FleetMember[] = [];
  const { storage, application, environment } = desk.stores;
  const log = new RunLog(storage, application, environment, id);
  try {
    const script = scriptOf(request.argv);
    const [place] = await Promise.all([desiredPlace(desk, context), fleet.list(context)]);
    chosen = await answering(fleet, chosenMembers(fleet, request), request.once === true, context);
    const busy = await runUnderWay(desk, context);
    if (busy !== undefined) desk.reporter.warn(busy.report());
    const instances = chosen.filter(({ reachable }) => reachable).map((member) => member.id);
    if (instances.length === 0) throw engineErrors.HWS_FLEET_UNREACHABLE([chosen.map((each) => each.id)]);
    const command = told(desk, request.argv);
    await desk.stores.notes.ofEnvironment({ verb: "exec", instances, command, log: id }, context);
    const { timeoutMs = defaultTimeoutMs } = request;
    const name =
      (request.argv[0] ?? "")
        .split("/")
        .at(-1)
        ?.replaceAll(/[^A-Za-z0-9._-]/g, "_") || "program";
    const execution = { desk, fleet, place, id, name, script, timeoutMs, log };
    await fleet
      .each(fleet.working, (member) => executeOn(execution, member, context), context)
      .catch((error) => {
        if (desk.control.signal.aborted) throw error;
      });
    return resultOf(desk, "exec", began, { ...verdict(desk, chosen, id), ...about(place, chosen) });
  } catch (thrown) {
    const error = asHawserError(HawserError.is(thrown) ? thrown : (desk.control.signal.reason ?? thrown));
    const exitCode = error.code === "HWS_FLEET_UNREACHABLE" ? 4 : exitCodeOf("untouched", error);
    return resultOf(desk, "exec", began, {
      outcome: "untouched",
      exitCode,
      error: error.report(),
      instances: chosen.map((member) => member.result()),
    });
  } finally {
    await log.close().catch((error) => desk.reporter.warnError(error, { step: "log" }));
  }
};

const scriptOf = (argv: readonly string[]): string => {
  if (argv.some((word) => word.includes("\0"))) throw engineErrors.HWS_EXEC_UNFIT(["a word holds a NUL"]);
  const script = shellWords(argv);
  if (Buffer.byteLength(script) > maxScriptBytes)
    throw engineErrors.HWS_EXEC_UNFIT([`it is longer than ${maxScriptBytes} bytes`]);
  return script;
};

/** What the history keeps of the words: one line, and no secret of the config. */
const told = ({ redactor }: Desk, argv: readonly string[]): string => {
  const plain = /^[A-Za-z0-9_./:@%+=,-]+$/;
  const words = argv.map((word) => {
    const shown = redactor.redactValue(word);
    return plain.test(shown) ? shown : shellWords([shown]);
  });
  const line = words.join(" ").replaceAll(/\p{Cc}/gu, " ");
  return line.length <= maxToldLength ? line : `${line.slice(0, maxToldLength - 1)}…`;
};

/** Opens sessions; of those that answer only the first when one is enough. */
const answering = async (
  fleet: Fleet,
  chosen: readonly FleetMember[],
  once: boolean,
  context: OperationContext,
): Promise<readonly FleetMember[]> => {
  if (!once) {
    await fleet.survey(chosen, context);
    return chosen;
  }
  for (const member of chosen) {
    await fleet.survey([member], context);
    if (member.reachable) return [member];
  }
  return chosen;
};

const executeOn = async (
  execution: Execution,
  member: FleetMember,
  context: OperationContext,
): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      member.exit = await execute(execution, member);
      break;
    } catch (error) {
      if (!HawserError.is(error, "HWS_HOST_FENCED") || attempt >= attempts) throw error;
      await execution.fleet.look(member, context);
    }
  }
  execution.desk.reporter.instance(member, member.exit === 0 ? "active" : "failed");
};

const execute = async (execution: Execution, member: FleetMember): Promise<number> => {
  const { desk, place, id, name, script, timeoutMs, log } = execution;
  const decoder = new TextDecoder();
  const redacted = desk.redactor.stream();
  const hear = (text: string) => {
    if (text === "") return;
    desk.reporter.emit({ type: "output", instance: member.id, step: "exec", command: name, text });
    log.write(member.id, { step: "exec", command: name, text });
  };
  const epoch = member.survey?.epoch ?? 0;
  const context = desk.reporter.operation(desk.control.signal, "exec", member.id);
  const call = { release: member.release ?? "", revision: revisionOf(place, member) };
  const reply = await member.openHost.command(
    {
      epoch,
      key: id,
      name,
      script,
      directory: "current",
      ...(place.plan.user !== undefined && { user: place.plan.user }),
      env: environmentOf(place, member, call),
      timeoutMs,
      outputLimitBytes,
    },
    { ...context, output: (chunk) => hear(redacted.push(decoder.decode(chunk, { stream: true }))) },
  );
  hear(redacted.push(decoder.decode()) + redacted.end());
  await member.openHost.forget({ epoch, prefix: id }, context).catch(() => undefined);
  if (reply.timedOut)
    throw engineErrors.HWS_COMMAND_TIMED_OUT([name, "exec", timeoutMs], { instance: member.id });
  return reply.exit;
};

/** Of another release than the desired one only its id is known here. */
const revisionOf = (place: DesiredPlace, { release }: FleetMember): string =>
  release === place.release ? place.revision : "";

const verdict = (desk: Desk, chosen: readonly FleetMember[], log: string) => {
  const failed = chosen.filter(({ exit }) => exit !== 0);
  if (failed.length === 0) return { outcome: "done", log, next: [] } as const;
  const why = ({ id, exit, error }: FleetMember) =>
    `${id} (${exit === undefined ? (error?.code ?? "not started") : `exit code ${exit}`})`;
  return {
    outcome: "incomplete",
    exitCode: 1,
    log,
    next: [hawserIn(desk)(`logs ${log}`)],
    error: engineErrors.HWS_EXEC_FAILED([failed.map(why)]).report(),
  } as const;
};

const about = (place: DesiredPlace, chosen: readonly FleetMember[]) => ({
  release: place.release,
  desired: place.release,
  instances: chosen.map((member) => member.result()),
});
