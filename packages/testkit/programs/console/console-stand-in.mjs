// A console of an application that is not there. Arguments: the world's folder, the list of commands, then what it was
// called with. It refuses what the list does not have, does what behaviours.mjs says, and records the call.
import { readFileSync } from "node:fs";
import { behaviours } from "./behaviours.mjs";
import { parseCall } from "./console-call.mjs";
import { record, wantedFault } from "./record.mjs";

const [world, list, ...argv] = process.argv.slice(2);
const known = JSON.parse(readFileSync(list, "utf8"));

const answer = ({ command, options, values }) => {
  const fault = wantedFault(world, command);
  if (fault !== undefined && fault.after !== true) {
    process.stderr.write(`${command} fails as it was told to\n`);
    return fault.exit;
  }
  const instance = process.env.HAWSER_INSTANCE ?? "deployer";
  const place = {
    world,
    instance,
    release: process.cwd(),
    say: (text) => void process.stdout.write(`${text}\n`),
  };
  const exit = behaviours[known.program]?.[command]?.(place, options, values) ?? 0;
  return fault?.exit ?? exit;
};

const call = parseCall(known, argv);
const { command, refused } = call;
if (refused !== undefined) process.stderr.write(`${refused}\n`);
const exit = refused === undefined ? answer(call) : 1;
record(world, { program: known.program, command, argv, exit, ...(refused !== undefined && { refused }) });
process.exitCode = exit;
