// `npm run bench:scale`: what one deployer costs by the number of instances. See bench/README.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { run } from "./command.mjs";

const repository = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
  options: {
    counts: { type: "string", default: "10,100,1000" },
    sshd: { type: "string", default: "200" },
    concurrency: { type: "string" },
    results: { type: "string", default: join(repository, "bench/results") },
  },
});
const sizes = [
  ...values.counts.split(",").map((count) => ({ kind: "simulated", count: Number(count) })),
  ...(Number(values.sshd) > 0 ? [{ kind: "sshd", count: Number(values.sshd) }] : []),
].map((size) => ({
  ...size,
  ...(values.concurrency === undefined ? {} : { concurrency: Number(values.concurrency) }),
}));

const row = (cells) => `| ${cells.join(" | ")} |`;
const head = [
  "instances",
  "deploy",
  "outcome",
  "seconds",
  "CPU s",
  "loop delay p99 ms",
  "max ms",
  "heap MB",
  "peak RSS MB",
];
const table = (measured) =>
  [
    row(head),
    row(head.map(() => "---")),
    ...measured.flatMap(({ kind, count, ...deploys }) =>
      Object.entries(deploys).map(([name, figures]) =>
        row([
          `${count} ${kind}`,
          name,
          figures.outcome,
          (figures.wallMs / 1000).toFixed(1),
          (figures.cpuMs / 1000).toFixed(1),
          figures.loopP99Ms,
          figures.loopMaxMs,
          figures.heapAfterMb,
          figures.peakRssMb,
        ]),
      ),
    ),
  ].join("\n");

const measured = [];
for (const size of sizes) {
  const load = loadavg()[0];
  const program = join(repository, "bench/scale-run.mjs");
  const stdout = await run(process.execPath, ["--expose-gc", program, JSON.stringify(size)]);
  measured.push({ load, ...JSON.parse(stdout.trim().split("\n").at(-1)) });
  console.log(`${size.count} ${size.kind}: measured`);
}
const shown = measured.map(({ load, ...rest }) => rest);
console.log(`\n${table(shown)}`);
mkdirSync(values.results, { recursive: true });
const facts = {
  date: new Date().toISOString(),
  machine: { cpus: availableParallelism(), platform: process.platform, node: process.version },
  measured,
};
writeFileSync(join(values.results, "scale.json"), `${JSON.stringify(facts, null, 2)}\n`);
