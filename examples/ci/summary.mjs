// Says in a few lines of Markdown what a deploy did: node summary.mjs result.json
import { readFileSync } from "node:fs";

const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
};

const result = read(process.argv[2] ?? "result.json");
const lines =
  result === undefined
    ? ["No result: the deploy was not reached."]
    : [
        `**${result.application}: ${result.outcome}** (exit ${result.exitCode}), release ${result.release ?? "none"}, in service ${result.desired ?? "none"}`,
        ...(result.error ? [`- ${result.error.code}: ${result.error.message}`] : []),
        ...(result.instances ?? []).map(
          ({ id, state, release }) => `- ${id}: ${state}, ${release ?? "no release"}`,
        ),
        ...(result.next ?? []).map((command) => `- next: \`${command}\``),
      ];
console.log(lines.join("\n"));
