import { type Dashboard, type DashboardOptions, openDashboard } from "@hawser/dashboard";
import { onTestFinished } from "vitest";

/** A dashboard at a free port of the loopback address, until the test ends. */
export const served = async (options: DashboardOptions): Promise<Dashboard> => {
  const dashboard = await openDashboard({ listen: 0, ...options });
  onTestFinished(async () => await dashboard[Symbol.asyncDispose]());
  return dashboard;
};
