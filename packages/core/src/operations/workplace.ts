import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { InstallPlan } from "../contracts/installer.ts";
import type { Desk } from "../engine/operation.ts";
import { Fleet } from "../fleet/fleet.ts";
import { KeptTree } from "../steps/kept-tree.ts";
import { scratchName, sweepScratch } from "./scratch.ts";

/** Where the deployer keeps artifacts that it made or fetched. */
export const artifactsDirectory = (desk: Desk): string => join(desk.cacheDirectory, "artifacts");

/** The plan that the config asks for, for every role that the fleet may have. */
export const configPlan = (desk: Desk): InstallPlan => desk.providers.installer.plan({ roles: [] });

export const openFleet = (desk: Desk, keepProgram: boolean): Fleet =>
  new Fleet({
    application: desk.config.application,
    environment: desk.config.environment,
    root: desk.config.root,
    inventory: desk.providers.inventory,
    transport: desk.providers.transport,
    patientTransport: desk.providers.patientTransport,
    reporter: desk.reporter,
    // A broadcast costs the same for any number of instances, so none of them waits for another.
    concurrency:
      desk.providers.transport.broadcast === undefined ? desk.config.concurrency : Number.POSITIVE_INFINITY,
    keepProgram,
  });

/** A private folder for one run, gone when it ends. */
export const withScratch = async <T>(desk: Desk, work: (directory: string) => Promise<T>): Promise<T> => {
  const scratch = join(desk.cacheDirectory, "scratch");
  await sweepScratch(scratch);
  const directory = join(scratch, scratchName());
  await mkdir(directory, { recursive: true });
  try {
    return await work(directory);
  } finally {
    await KeptTree.keep(KeptTree.placeIn(desk.cacheDirectory), directory);
    await rm(directory, { recursive: true, force: true, maxRetries: 2 });
  }
};
