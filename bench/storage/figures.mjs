const ways = ["upload", "download"];

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

const rounded = (value) => Number(value.toFixed(2));

/** The speed of each client, from the milliseconds that each took, round by round. */
export const speedsOf = (clients, taken, sizeBytes) =>
  Object.entries(clients).map(([name, { checks, version, startMs }]) => ({
    name,
    ...Object.fromEntries(ways.map((way) => [way, Math.round(sizeBytes / 1_000 / median(taken[name][way]))])),
    ...(startMs !== undefined && { startMs: Math.round(startMs) }),
    checks,
    ...(version !== undefined && { version }),
  }));

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
export const pageOf = ({ when, megabytes, rounds, line, processors, load, megabytesPerSecond, ratios }) => {
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
      ["client", "upload MB/s", "download MB/s", "its start, ms", "what it checks", "version"],
      megabytesPerSecond.map(({ name, upload, download, startMs = "–", checks, version = "–" }) => [
        name,
        upload,
        download,
        startMs,
        checks,
        version,
      ]),
    ),
    "How many times as fast as each peer Hawser is; in brackets, with the start of the peer's program taken off its time.",
    table(
      ["", ...peers],
      own.flatMap((name) =>
        ways.map((way) => [`${name}, ${way}`, ...peers.map((peer) => cell(name, peer, way))]),
      ),
    ),
  ].join("\n\n")}\n`;
};
