import { setMaxListeners } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Downloads,
  HttpConnections,
  type Logger,
  type OperationContext,
  type PluginContext,
  type Progress,
  spawnProgram,
} from "@hawser/core";
import { onTestFinished } from "vitest";

export interface LogLine {
  readonly level: "debug" | "info" | "warn";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger that keeps what it is told. */
export interface CollectingLogger extends Logger {
  readonly lines: readonly LogLine[];
}

export const collectingLogger = (): CollectingLogger => {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine["level"]) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      lines.push({ level, message, fields });
    };
  return { lines, debug: at("debug"), info: at("info"), warn: at("warn") };
};

export interface TestOperationContext extends OperationContext {
  /** What was logged, in order; empty when `logger` was overridden. */
  readonly lines: readonly LogLine[];
  /** What was reported as progress, in order; empty when `progress` was overridden. */
  readonly reports: readonly Progress[];
}

/** A run's signal has as many listeners as there are calls under way. */
const wideSignal = (): AbortSignal => {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
};

/** The context of one call, whose logger and progress can be looked at. */
export const operationContext = (overrides: Partial<OperationContext> = {}): TestOperationContext => {
  const reports: Progress[] = [];
  const logger = collectingLogger();
  return {
    signal: wideSignal(),
    logger,
    lines: logger.lines,
    progress: (progress) => {
      reports.push(progress);
    },
    reports,
    ...overrides,
  };
};

/** A folder of its own; whoever made it removes it. */
export const temporaryDirectory = (name = "hawser-test-"): string => mkdtempSync(join(tmpdir(), name));

/** A folder that goes away with the test that runs now. */
export const testDirectory = (name = "hawser-test-"): string => {
  const directory = temporaryDirectory(name);
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/**
 * What a plugin's `create` gets, with core's own `spawn`, `http` and `download`. The cache folder goes away with the
 * test that runs now; outside a test give `cacheDirectory`.
 */
export const pluginContext = (overrides: Partial<PluginContext> = {}): PluginContext => {
  const cacheDirectory = overrides.cacheDirectory ?? testDirectory("hawser-cache-");
  const downloads = new Downloads(cacheDirectory);
  return {
    signal: new AbortController().signal,
    logger: collectingLogger(),
    application: "shop",
    environment: "",
    baseDirectory: process.cwd(),
    cacheDirectory,
    spawn: spawnProgram,
    http: new HttpConnections(),
    download: (request, context) => downloads.download(request, context),
    ...overrides,
  };
};
