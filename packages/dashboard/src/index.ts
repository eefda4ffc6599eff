export { type Dashboard, type DashboardOptions, defaultPort, openDashboard } from "./dashboard.ts";
export type { ReadEngine } from "./sight/engine.ts";
