// A script of an application that is not there, as bin/build-js.sh. Arguments: the world's folder, the script's name, then
// what it was called with. It fails when a test wants it to, and records the call.
import { record, wantedFault } from "./record.mjs";

const [world, program, ...argv] = process.argv.slice(2);
const exit = wantedFault(world, program)?.exit ?? 0;
record(world, { program, command: program, argv, exit });
process.exitCode = exit;
