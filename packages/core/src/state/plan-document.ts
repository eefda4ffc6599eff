import type { InstallPlan, PlanCheck, PlanCommand } from "../contracts/installer.ts";
import { Fields, layout } from "./fields.ts";

/** The plan's canonical text: sorted keys, so that equal plans have one digest. */
export function renderPlan(plan: InstallPlan): Buffer {
  return Buffer.from(`${JSON.stringify(sorted({ layout, ...plan }))}\n`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(
    pairs.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]),
  );
}

export function parsePlan(bytes: Uint8Array, key: string): InstallPlan {
  const fields = Fields.parse(bytes, key);
  const commands = (from: Fields, name: string) => from.list(name, parseCommand, 1_000);
  const once = fields.child("once");
  return {
    prepare: commands(fields, "prepare"),
    install: commands(fields, "install"),
    activate: commands(fields, "activate"),
    rollback: commands(fields, "rollback"),
    once: { before: commands(once, "before"), after: commands(once, "after") },
    shared: fields.texts("shared"),
    writable: fields.texts("writable"),
    generated: fields.texts("generated"),
    env: fields.textMap("env"),
    secrets: fields.texts("secrets"),
    ...(fields.has("check") && { check: parseCheck(fields.child("check")) }),
    ...(fields.has("user") && { user: fields.text("user") }),
  };
}

function parseCommand(item: unknown, where: string): PlanCommand {
  const fields = new Fields(item, where);
  return {
    name: fields.text("name", /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
    run: fields.text("run", /^[^\0]{0,100000}$/s),
    timeoutMs: fields.count("timeoutMs"),
    ...(fields.has("roles") && { roles: fields.texts("roles") }),
    ...(fields.has("user") && { user: fields.text("user") }),
    ...(fields.has("cwd") && { cwd: fields.text("cwd") }),
    ...(fields.has("env") && { env: fields.textMap("env") }),
    ...(fields.has("compatible") && { compatible: fields.flag("compatible") }),
  };
}

function parseCheck(fields: Fields): PlanCheck {
  return {
    timeoutMs: fields.count("timeoutMs"),
    stableMs: fields.count("stableMs"),
    ...(fields.has("http") && { http: fields.text("http") }),
    ...(fields.has("headers") && { headers: fields.textMap("headers") }),
    ...(fields.has("status") && { status: fields.count("status") }),
    ...(fields.has("body") && { body: fields.text("body") }),
    ...(fields.has("command") && { command: fields.text("command", /^[^\0]{0,100000}$/s) }),
    ...(fields.has("user") && { user: fields.text("user") }),
  };
}
