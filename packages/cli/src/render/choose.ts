import { columnsOf, type Invocation } from "../invocation.ts";
import { ExecReporter } from "./exec.ts";
import { JsonReporter } from "./json.ts";
import { Pane } from "./pane.ts";
import { PlainReporter } from "./plain.ts";
import { QuietReporter } from "./quiet.ts";
import type { Reporter } from "./reporter.ts";

/** Events for programs, a live picture on a terminal, plain lines everywhere else. */
export const reporterFor = (invocation: Invocation, verb: string): Reporter => {
  const { options, surroundings, output, style } = invocation;
  if (options.json) return new JsonReporter(output);
  if (verb === "exec") return new ExecReporter(output, invocation.errors, style);
  if (!surroundings.terminal && verb === "status")
    return new QuietReporter(output, style, columnsOf(invocation));
  if (!surroundings.terminal || verb === "watch") return new PlainReporter(output, style);
  return new Pane(output, style, () => ({
    columns: columnsOf(invocation),
    rows: surroundings.stdout.rows || 24,
  }));
};
