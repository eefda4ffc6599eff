import type { HawserConfig } from "./types.ts";

/** Gives the config back; it is there for the types an editor shows. */
export const defineConfig = (config: HawserConfig): HawserConfig => config;
