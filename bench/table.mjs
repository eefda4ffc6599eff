/** The middle one, or the mean of the two in the middle. */
export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const titles = {
  first: "first deploy",
  second: "second deploy (nothing to recycle)",
  patch: "patch deploy",
  same: "no change",
};

const figures = (measured, peer, kind, field) =>
  measured
    .filter((one) => one.peer === peer && one.kind === kind && one[field] !== undefined)
    .map((one) => one[field]);

const middleOf = (measured, peer, kind, field) => {
  const values = figures(measured, peer, kind, field);
  return values.length === 0 ? undefined : median(values);
};

const cell = (value, text) => (value === undefined ? "–" : text(value));

const secondsCell = (measured, peer, reference, kind) => {
  const seconds = middleOf(measured, peer, kind, "seconds");
  const ours = middleOf(measured, reference, kind, "seconds");
  if (seconds === undefined) return "–";
  const ratio = ours === undefined || peer === reference ? "" : ` (${(seconds / ours).toFixed(1)}×)`;
  return `${seconds.toFixed(2)} s${ratio}`;
};

const row = (cells) => `| ${cells.join(" | ")} |`;

/** A Markdown table: seconds with the ratio to the first peer, CPU time and bytes to all instances. */
export const table = (measured, peers) => {
  const [reference] = peers;
  const kinds = Object.keys(titles).filter((kind) => measured.some((one) => one.kind === kind));
  const head = ["", ...kinds.map((kind) => titles[kind]), "CPU, patch", "bytes to instances, first", "patch"];
  const bytes = (peer, kind) =>
    cell(middleOf(measured, peer, kind, "bytes"), (n) => `${(n / 1e6).toFixed(2)} MB`);
  const lines = peers.map((peer) =>
    row([
      peer,
      ...kinds.map((kind) => secondsCell(measured, peer, reference, kind)),
      cell(middleOf(measured, peer, "patch", "cpuSeconds"), (n) => `${n.toFixed(1)} s`),
      bytes(peer, "first"),
      bytes(peer, "patch"),
    ]),
  );
  return [row(head), row(head.map(() => "---")), ...lines].join("\n");
};
