const ways = ["upload", "download"];

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

const rounded = (value) => Number(value.toFixed(2));

/** What is told of each client, from the milliseconds by the clock and of the processor that it took, round by round. */
export const clientsOf = (clients, taken, used, sizeBytes) =>
  Object.entries(clients).map(([name, { checks, version, startMs }]) => ({
    name,
    ...speeds(taken[name], sizeBytes),
    ...cpuTimes(used[name], sizeBytes),
    ...(startMs !== undefined && { startMs: Math.round(startMs) }),
    checks,
    ...(version !== undefined && { version }),
  }));

const speeds = (taken, sizeBytes) =>
  Object.fromEntries(ways.map((way) => [way, Math.round(sizeBytes / 1_000 / median(taken[way]))]));

/** For 100 MB. */
const cpuTimes = (used, sizeBytes) =>
  Object.fromEntries(ways.map((way) => [`${way}CpuMs`, Math.round((median(used[way]) * 100e6) / sizeBytes)]));

/**
 * How many times as fast as each peer each of Hawser's storages is. A peer is a program that starts for each file and
 * Hawser's process runs already: `ratioStarted` takes from the peer's time what its start took.
 */
export const ratiosOf = (own, peers, taken) =>
  Object.keys(own).flatMap((name) =>
    Object.entries(peers).flatMap(([peer, { startMs }]) =>
      ways.map((way) => {
        const ours = median(taken[name][way]);
        const theirs = median(taken[peer][way]);
        return {
          name,
          peer,
          way,
          ratio: rounded(theirs / ours),
          ratioStarted: rounded(Math.max(0, theirs - startMs) / ours),
        };
      }),
    ),
  );

const row = (cells) => `| ${cells.join(" | ")} |`;
const table = (heads, rows) => [row(heads), row(heads.map(() => "---")), ...rows.map(row)].join("\n");

/** The page of a result, for people. */
export const pageOf = ({ when, megabytes, rounds, line, processors, load, clients, ratios }) => {
  const own = [...new Set(ratios.map(({ name }) => name))];
  const peers = [...new Set(ratios.map(({ peer }) => peer))];
  const cell = (name, peer, way) => {
    const { ratio, ratioStarted } = ratios.find(
      (each) => each.name === name && each.peer === peer && each.way === way,
    );
    return `${ratio.toFixed(2)} (${ratioStarted.toFixed(2)})`;
  };
  return `${[
    "# One file to and from MinIO",
    `${when.slice(0, 16).replace("T", " ")} UTC, ${megabytes} MB, ${line}, medians of ${rounds} rounds, ${processors} processors, load ${load.join(" to ")}. Made by \`npm run bench:storage\`.`,
    table(
      [
        "client",
        "up, MB/s",
        "down, MB/s",
        "up, CPU ms",
        "down, CPU ms",
        "its start, ms",
        "what it checks",
        "version",
      ],
      clients.map((each) => [
        each.name,
        each.upload,
        each.download,
        each.uploadCpuMs,
        each.downloadCpuMs,
        each.startMs ?? "–",
        each.checks,
        each.version ?? "–",
      ]),
    ),
    "CPU is the client's own, for 100 MB, the start of its program among it.",
    "How many times as fast as each peer Hawser is; in brackets, with the start of the peer's program taken off its time.",
    table(
      ["", ...peers],
      own.flatMap((name) =>
        ways.map((way) => [`${name}, ${way}`, ...peers.map((peer) => cell(name, peer, way))]),
      ),
    ),
  ].join("\n\n")}\n`;
};
