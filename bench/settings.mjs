import { parseArgs } from "node:util";

/** What a run of the comparison is made of; `--small` is for a quick look and for CI. */
const usual = { files: 10_000, bytes: 84_000_000, instances: 8, rounds: 3, firsts: 2 };
const small = { files: 1_000, bytes: 8_400_000, instances: 2, rounds: 1, firsts: 1 };

/** How many releases stay, with every peer. */
const keep = 2;

const names = ["hawser", "rsync", "ansible", "capistrano"];

const whole = (text, name) => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`--${name} is a whole number from 1, not ${text}`);
  return number;
};

/** Reads the command line. */
export const readSettings = (argv) => {
  const { values } = parseArgs({
    args: argv,
    options: {
      small: { type: "boolean", default: false },
      peers: { type: "string", default: names.join(",") },
      files: { type: "string" },
      instances: { type: "string" },
      rounds: { type: "string" },
      firsts: { type: "string" },
      keep: { type: "boolean", default: false },
      results: { type: "string" },
    },
  });
  const peers = values.peers.split(",");
  const unknown = peers.find((peer) => !names.includes(peer));
  if (unknown !== undefined) throw new Error(`--peers knows ${names.join(", ")}, not ${unknown}`);
  const base = values.small ? small : usual;
  const number = (name) => (values[name] === undefined ? base[name] : whole(values[name], name));
  const files = number("files");
  return {
    peers,
    small: values.small,
    files,
    bytes: Math.round((base.bytes / base.files) * files),
    instances: number("instances"),
    rounds: number("rounds"),
    firsts: number("firsts"),
    keep,
    keepFolder: values.keep,
    results: values.results,
  };
};
