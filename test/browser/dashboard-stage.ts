import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Dashboard, type DashboardOptions, openDashboard } from "@hawser/dashboard";
import { onTestFinished } from "vitest";
import { type FleetStage, type FleetStageOptions, fleetStage } from "./fleet-stage.ts";

export interface DashboardStage extends FleetStage {
  readonly url: string;
  readonly dashboard: Dashboard;
}

/** A dashboard over a stage; both go away with the test that runs now. */
export const dashboardStage = async (
  options: FleetStageOptions = {},
  more: Partial<DashboardOptions> = {},
): Promise<DashboardStage> => {
  const stage = await fleetStage(options);
  const dashboard = await openDashboard({ engine: stage.engine, listen: 0, ...more });
  onTestFinished(async () => await dashboard[Symbol.asyncDispose]());
  return { ...stage, dashboard, url: dashboard.url };
};

/** The ids of a fleet from one number to another. */
export const web = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `web${from + at}`);

/** In every release but the first each instance says that it waits, and does so until it is let go. */
export const waiting = {
  name: "reload",
  run: 'case "$HAWSER_RELEASE" in 000001) ;; *) : >"$HAWSER_ROOT/waits"; until [ -e "$HAWSER_ROOT/go" ]; do sleep 0.05; done;; esac',
  timeoutMs: 60_000,
};

export const letGo = ({ root }: FleetStage, ids: readonly string[]): void => {
  for (const id of ids) writeFileSync(join(root(id), "go"), "");
};

/** Reloading fails on this instance in every release but the first, with what a service manager would say. */
export const failing = {
  name: "reload",
  run: `if [ "$HAWSER_INSTANCE" = web3 ] && [ "$HAWSER_RELEASE" != 000001 ]; then
echo 'Job for php8.2-fpm.service failed because the control process exited with error code.' >&2
exit 1; fi`,
  timeoutMs: 20_000,
};
