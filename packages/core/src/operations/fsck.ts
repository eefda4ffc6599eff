import type { FsckReport } from "../contracts/engine-reports.ts";
import type { Desk } from "../engine/operation.ts";
import { Inspection } from "../state/inspection.ts";

/** Reads back everything of the application in storage. Takes no lock and changes nothing. */
export const fsck = async (desk: Desk): Promise<FsckReport> => {
  const { storage, application, releases, signatures } = desk.stores;
  const context = desk.reporter.operation(desk.control.signal, "fsck");
  const { objects, bytes, findings } = await new Inspection(storage, application, releases, signatures).run(
    context,
  );
  return { objects, bytes, problems: findings };
};
