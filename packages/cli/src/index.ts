export type { Core, Project } from "./core.ts";
export { main } from "./main.ts";
export type { Surroundings } from "./surroundings.ts";
