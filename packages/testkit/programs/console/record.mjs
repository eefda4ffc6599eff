// What the stand-ins share: the record of calls, and the faults that a test wants.
import { appendFileSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const instance = process.env.HAWSER_INSTANCE ?? "deployer";
const release = process.env.HAWSER_RELEASE ?? null;

/** How a command is to fail here, if it is. */
export const wantedFault = (world, command) => {
  let text;
  try {
    text = readFileSync(join(world, "faults", encodeURIComponent(command)), "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
  const fault = JSON.parse(text);
  const here = (fault.instance ?? instance) === instance && (fault.release ?? release) === release;
  return here ? fault : undefined;
};

/** One write at the end of the file: calls of several processes do not mix, and their order is that of their ends. */
export const record = (world, call) => {
  const cwd = process.cwd();
  const where = { cwd, directory: basename(cwd), user: process.getuid?.() ?? null, at: Date.now() };
  appendFileSync(join(world, "calls"), `${JSON.stringify({ ...call, ...where, instance, release })}\n`);
};
