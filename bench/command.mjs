import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";

const tailBytes = 4_000;

/** Runs a program to its end and gives what it wrote; a failure throws with the end of it. */
export const run = async (file, args, { log, ...options } = {}) => {
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let output = "";
  const file_ = log === undefined ? undefined : createWriteStream(log, { flags: "a" });
  file_?.write(`\n$ ${file} ${args.join(" ")}\n`);
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      if (stream === child.stdout) output += chunk;
      file_?.write(chunk);
    });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors = (errors + chunk).slice(-tailBytes);
  });
  const [code, signal] = await once(child, "close");
  file_?.end();
  if (code !== 0)
    throw new Error(
      `${file} ${args.join(" ")} ended with ${code ?? signal}\n${output.slice(-tailBytes)}${errors}`,
    );
  return output;
};
