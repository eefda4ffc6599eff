import type { ErrorReport } from "../contracts/events.ts";

export interface ErrorFields {
  /** What to do next. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** True when the same call may succeed later without anybody changing anything. */
  readonly retryable?: boolean;
  readonly plugin?: string;
  readonly step?: string;
  readonly instance?: string;
  /** The last lines of output that matter. */
  readonly output?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What happened, where, and what to do. Recognised by a brand, so that two copies of the package agree. */
export class HawserError extends Error {
  /** The brand, which a second copy of the package recognises too. */
  readonly "~hawser": "error" = "error";
  readonly code: string;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;
  readonly output: string | undefined;
  plugin: string | undefined;
  step: string | undefined;
  instance: string | undefined;
  /** Errors of cleaning up after this one. */
  readonly suppressed: unknown[] = [];

  constructor(code: string, message: string, fields: ErrorFields = {}) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = "HawserError";
    this.code = code;
    this.hint = fields.hint;
    this.retryable = fields.retryable ?? false;
    this.plugin = fields.plugin;
    this.step = fields.step;
    this.instance = fields.instance;
    this.output = fields.output;
    this.details = fields.details ?? {};
  }

  static is(value: unknown, code?: string): value is HawserError {
    return (
      typeof value === "object" &&
      value !== null &&
      (value as HawserError)["~hawser"] === "error" &&
      (code === undefined || (value as HawserError).code === code)
    );
  }

  /** Adds who failed where, keeping what is already known: the engine's boundary calls it, plugins never do. */
  stamp(where: { plugin?: string; step?: string; instance?: string }): this {
    this.plugin ??= where.plugin;
    this.step ??= where.step;
    this.instance ??= where.instance;
    return this;
  }

  report(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint !== undefined && { hint: this.hint }),
      ...(this.instance !== undefined && { instance: this.instance }),
      ...(this.step !== undefined && { step: this.step }),
      ...(this.output !== undefined && { output: this.output }),
    };
  }

  toJSON(): ErrorReport & { plugin?: string } {
    return { ...this.report(), ...(this.plugin !== undefined && { plugin: this.plugin }) };
  }
}
