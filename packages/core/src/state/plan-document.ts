import { type HeaderLine, parseLines, RecordHeaders, renderHeaders } from "../artifact/record-text.ts";
import type { InstallPlan, PlanCheck, PlanCommand } from "../contracts/installer.ts";
import { HawserError } from "../errors/hawser-error.ts";
import { stateErrors } from "../errors/state-codes.ts";
import { layout } from "./fields.ts";

type Line = readonly [string, string | number | undefined];

/** Where each phase's commands stand in a plan, by the name that the text has for it. */
const phases = {
  prepare: (plan: InstallPlan) => plan.prepare,
  install: (plan: InstallPlan) => plan.install,
  activate: (plan: InstallPlan) => plan.activate,
  rollback: (plan: InstallPlan) => plan.rollback,
  "once-before": (plan: InstallPlan) => plan.once.before,
  "once-after": (plan: InstallPlan) => plan.once.after,
} as const;
type Phase = keyof typeof phases;

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
    ["user", plan.user],
    ...checkLines(plan.check),
    ...Object.entries(phases).flatMap(([phase, of]) =>
      of(plan).flatMap((command) => commandLines(phase, command)),
    ),
  ]);
}

const sorted = (map: Readonly<Record<string, string>> = {}) =>
  Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));

const envLines = (env: Readonly<Record<string, string>> | undefined): Line[] =>
  sorted(env).map(([name, value]) => ["env", `${name}=${value}`]);

const checkLines = (check: PlanCheck | undefined): Line[] =>
  check === undefined
    ? []
    : [
        ["check-http", check.http],
        ...sorted(check.headers).map(([name, value]): Line => ["check-header", `${name}: ${value}`]),
        ["check-status", check.status],
        ["check-body", check.body],
        ["check-command", check.command],
        ["check-user", check.user],
        ["check-timeout-ms", check.timeoutMs],
        ["check-stable-ms", check.stableMs],
      ];

/** What follows `command` up to the next one belongs to it. */
const commandLines = (phase: string, command: PlanCommand): Line[] => [
  ["command", `${phase} ${command.name}`],
  ["run", command.run],
  ["timeout-ms", command.timeoutMs],
  ...(command.roles ?? []).map((role): Line => ["role", role]),
  ["user", command.user],
  ["directory", command.cwd],
  ...envLines(command.env),
  ["compatible", command.compatible === undefined ? undefined : command.compatible ? "yes" : "no"],
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

/** Lines of one part of a plan; a key may stand there many times. */
class PlanLines {
  readonly #lines: readonly HeaderLine[];

  constructor(lines: readonly HeaderLine[]) {
    this.#lines = lines;
  }

  all(key: string): string[] {
    return this.#lines.filter(([name]) => name === key).map(([, value]) => value);
  }

  /** `NAME<mark>value` lines. No name can reach a prototype. */
  map(key: string, mark: string): Record<string, string> {
    const pairs = this.all(key).map((line): [string, string] => {
      const at = line.indexOf(mark);
      if (at < 1) throw new Error(`${key} has no name`);
      return [line.slice(0, at), line.slice(at + mark.length)];
    });
    return Object.fromEntries(pairs);
  }

  /** The keys that stand there once at most. */
  get headers(): RecordHeaders {
    return new RecordHeaders(new Map(this.#lines));
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
      if (name === undefined || !Object.hasOwn(phases, phase))
        throw new Error("a command has no phase and name");
      blocks.push({ phase, name, lines: [] });
    } else (blocks.at(-1)?.lines ?? head).push(line);
  }
  const commands = (phase: Phase) => blocks.filter((block) => block.phase === phase).map(takeCommand);
  const part = new PlanLines(head);
  const user = part.headers.text("user");
  const check = takeCheck(part);
  return {
    prepare: commands("prepare"),
    install: commands("install"),
    activate: commands("activate"),
    rollback: commands("rollback"),
    once: { before: commands("once-before"), after: commands("once-after") },
    shared: part.all("shared"),
    writable: part.all("writable"),
    generated: part.all("generated"),
    env: part.map("env", "="),
    secrets: part.all("secret"),
    ...(check !== undefined && { check }),
    ...(user !== undefined && { user }),
  };
}

const script = /^[^\0]{0,100000}$/s;

function takeCommand({ name, lines }: Block): PlanCommand {
  const part = new PlanLines(lines);
  const { headers } = part;
  const [roles, env] = [part.all("role"), part.map("env", "=")];
  const [user, cwd, compatible] = ["user", "directory", "compatible"].map((key) => headers.text(key));
  return {
    name,
    run: headers.match("run", script),
    timeoutMs: headers.number("timeout-ms"),
    ...(roles.length > 0 && { roles }),
    ...(user !== undefined && { user }),
    ...(cwd !== undefined && { cwd }),
    ...(Object.keys(env).length > 0 && { env }),
    ...(compatible !== undefined && { compatible: compatible === "yes" }),
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
    ...(command !== undefined && { command }),
    ...(user !== undefined && { user }),
  };
}
