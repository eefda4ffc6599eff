import { type HeaderLine, parseLines, renderHeaders } from "../artifact/record-text.ts";
import type { InstallPlan, OnceCommand, PathOwnership, PlanCheck } from "../contracts/installer.ts";
import { planPhases } from "../contracts/plan-phases.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { layout } from "./fields.ts";
import { PlanLines } from "./plan-lines.ts";

type Line = readonly [string, string | number | undefined];

/** The text's own name of each phase. */
const phases = new Map(
  Object.entries(planPhases).map(([phase, of]) => [phase.replace(".", "-"), of] as const),
);

/**
 * The plan's canonical text, in one fixed order, so that equal plans have one digest. It is line text, since an instance
 * that provisions itself reads it with sh: docs/reference/host-protocol.md.
 */
export function renderPlan(plan: InstallPlan): Buffer {
  const many = (key: string, values: readonly string[]): Line[] => values.map((value) => [key, value]);
  return renderHeaders([
    ["hawser-plan", layout],
    ...envLines(plan.env),
    ...many("secret", plan.secrets),
    ...many("shared", plan.shared),
    ...many("writable", plan.writable),
    ...many("generated", plan.generated),
    ...plan.ownership.flatMap(ownershipLines),
    ["user", plan.user],
    ...checkLines(plan.check),
    ...[...phases].flatMap(([phase, of]) => of(plan).flatMap((command) => commandLines(phase, command))),
  ]);
}

const sorted = (map: Readonly<Record<string, string>> = {}) =>
  Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));

const envLines = (env: Readonly<Record<string, string>> | undefined): Line[] =>
  sorted(env).map(([name, value]) => ["env", `${name}=${value}`]);

const yes = (value: boolean | undefined): string | undefined => (value === true ? "yes" : undefined);

/** The path stands last, since it may hold spaces. */
const ownershipLines = ({ path, owner, group, mode, adopt }: PathOwnership): Line[] => [
  ["path-owner", owner === undefined ? undefined : `${owner} ${path}`],
  ["path-group", group === undefined ? undefined : `${group} ${path}`],
  ["path-mode", mode === undefined ? undefined : `${mode} ${path}`],
  ["path-adopt", adopt === undefined ? undefined : `${adopt ? "yes" : "no"} ${path}`],
];

const checkLines = (check: PlanCheck | undefined): Line[] =>
  check === undefined
    ? []
    : [
        ["check-http", check.http],
        ...sorted(check.headers).map(([name, value]): Line => ["check-header", `${name}: ${value}`]),
        ["check-status", check.status],
        ["check-body", check.body],
        ["check-release", yes(check.release)],
        ["check-command", check.command],
        ["check-user", check.user],
        ["check-timeout-ms", check.timeoutMs],
        ["check-stable-ms", check.stableMs],
      ];

/** What follows `command` up to the next one belongs to it. */
const commandLines = (phase: string, command: OnceCommand): Line[] => [
  ["command", `${phase} ${command.name}`],
  ["run", command.run],
  ["timeout-ms", command.timeoutMs],
  ...(command.roles ?? []).map((role): Line => ["role", role]),
  ["user", command.user === null ? "" : command.user],
  ["directory", command.cwd],
  ...envLines(command.env),
  ["may-fail", yes(command.mayFail)],
  ["compatible", command.compatible === undefined ? undefined : command.compatible ? "yes" : "no"],
  ["needed", command.needed],
  ["lock", command.lock],
  ["maintenance", yes(command.maintenance)],
];

export function parsePlan(bytes: Uint8Array, key: string): InstallPlan {
  try {
    const lines = parseLines(bytes);
    const [first, ...rest] = lines;
    if (first?.[0] !== "hawser-plan") throw new Error("it does not begin as a plan");
    const found = Number(first[1]);
    if (found > layout) throw stateErrors.HWS_STATE_NEWER([key, found]);
    return takePlan(rest);
  } catch (error) {
    if (HawserError.is(error, "HWS_STATE_NEWER")) throw error;
    throw stateErrors.HWS_STATE_CORRUPT([key, "is no install plan"], { cause: error });
  }
}

interface Block {
  readonly phase: string;
  readonly name: string;
  readonly lines: HeaderLine[];
}

function takePlan(lines: readonly HeaderLine[]): InstallPlan {
  const head: HeaderLine[] = [];
  const blocks: Block[] = [];
  for (const line of lines) {
    if (line[0] === "command") {
      const [, phase = "", name] = /^([a-z-]+) ([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/.exec(line[1]) ?? [];
      if (name === undefined || !phases.has(phase)) throw new Error("a command has no phase and name");
      blocks.push({ phase, name, lines: [] });
    } else (blocks.at(-1)?.lines ?? head).push(line);
  }
  const commands = (phase: string) => blocks.filter((block) => block.phase === phase).map(takeCommand);
  const part = new PlanLines(head);
  const user = part.headers.text("user");
  const check = takeCheck(part);
  return {
    prepare: commands("prepare"),
    install: commands("install"),
    leave: commands("leave"),
    activate: commands("activate"),
    rollback: commands("rollback"),
    once: { before: commands("once-before"), after: commands("once-after") },
    maintenance: { on: commands("maintenance-on"), off: commands("maintenance-off") },
    shared: part.all("shared"),
    writable: part.all("writable"),
    generated: part.all("generated"),
    ownership: takeOwnership(part),
    env: part.map("env", "="),
    secrets: part.all("secret"),
    ...(check !== undefined && { check }),
    ...(user !== undefined && { user }),
  };
}

/** What the lines say of each path, in the order in which paths first stand there. */
function takeOwnership(part: PlanLines): readonly PathOwnership[] {
  const found = new Map<string, PathOwnership>();
  for (const key of ["owner", "group", "mode", "adopt"] as const)
    for (const [value, path] of part.pairs(`path-${key}`))
      found.set(path, { ...(found.get(path) ?? { path }), [key]: key === "adopt" ? value === "yes" : value });
  return [...found.values()];
}

const script = /^[^\0]{0,100000}$/s;

function takeCommand({ name, lines }: Block): OnceCommand {
  const part = new PlanLines(lines);
  const { headers } = part;
  const [roles, env] = [part.all("role"), part.map("env", "=")];
  const [user, cwd, compatible, needed, lock] = ["user", "directory", "compatible", "needed", "lock"].map(
    (key) => headers.text(key),
  );
  return {
    name,
    run: headers.match("run", script),
    timeoutMs: headers.number("timeout-ms"),
    ...(roles.length > 0 && { roles }),
    ...(user !== undefined && { user: user === "" ? null : user }),
    ...(cwd !== undefined && { cwd }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(headers.text("may-fail") === "yes" && { mayFail: true }),
    ...(compatible !== undefined && { compatible: compatible === "yes" }),
    ...(needed !== undefined && { needed }),
    ...(lock !== undefined && { lock }),
    ...(headers.text("maintenance") === "yes" && { maintenance: true }),
  };
}

function takeCheck(part: PlanLines): PlanCheck | undefined {
  const { headers } = part;
  if (headers.text("check-timeout-ms") === undefined) return undefined;
  const header = part.map("check-header", ": ");
  const [http, body, command, user] = ["http", "body", "command", "user"].map((key) =>
    headers.text(`check-${key}`),
  );
  return {
    timeoutMs: headers.number("check-timeout-ms"),
    stableMs: headers.number("check-stable-ms"),
    ...(http !== undefined && { http }),
    ...(Object.keys(header).length > 0 && { headers: header }),
    ...(headers.text("check-status") !== undefined && { status: headers.number("check-status") }),
    ...(body !== undefined && { body }),
    ...(headers.text("check-release") === "yes" && { release: true }),
    ...(command !== undefined && { command }),
    ...(user !== undefined && { user }),
  };
}
