import { errors } from "./errors.ts";
import type { ListedPath } from "./listing.ts";

/** `-rw-r--r--         12 2026/01/31 12:00:00 name`: type and mode, bytes, time, name; see `--list-only` in rsync(1). */
const line = /^([-dlcbps?])(\S{9})\S? +(\d+) +(-?\d+)\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d) (.+)$/;

/** rsync writes every byte that is not printable ASCII as `\#ooo`, and so the `\` of a name that looks like that. */
const bytesOf = (escaped: string): Buffer =>
  Buffer.from(
    escaped.replaceAll(/\\#([0-3][0-7]{2})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    ),
    "latin1",
  );

const arrow = " -> ";

/** A name may have an arrow in it too; the size of a link is the length of its target. */
const splitLink = (bytes: Buffer, size: number): readonly [Buffer, Buffer] | undefined => {
  const at = bytes.length - size;
  const bySize = at - arrow.length;
  const place =
    bySize > 0 && bytes.subarray(bySize, at).toString("latin1") === arrow ? bySize : bytes.indexOf(arrow);
  return place <= 0 ? undefined : [bytes.subarray(0, place), bytes.subarray(place + arrow.length)];
};

/** Reads the listing of a tree, without its root. What is neither file, directory nor link is refused by its name. */
export const readRemoteListing = (text: string, shown: string): readonly ListedPath[] =>
  text
    .split("\n")
    .filter((each) => each !== "")
    .map((each) => readLine(each, shown))
    .filter(({ path }) => path !== ".");

const readLine = (text: string, shown: string): ListedPath => {
  const unreadable = () => errors.HWS_RSYNC_LISTING([shown, JSON.stringify(text.slice(0, 200))]);
  const found = line.exec(text);
  if (found === null) throw unreadable();
  const [, type = "", mode = "", size = "", ...rest] = found;
  const [year, month, day, hour, minute, second] = rest.map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const name = bytesOf(rest[6] ?? "");
  const none = { path: name.toString("utf8"), sizeBytes: 0, modified: 0, target: "" };
  if (type === "d") return { ...none, kind: "directory" };
  if (type === "l") {
    const parts = splitLink(name, Number(size));
    if (parts === undefined) throw unreadable();
    return { ...none, kind: "link", path: parts[0].toString("utf8"), target: parts[1].toString("utf8") };
  }
  if (type !== "-") throw errors.HWS_RSYNC_SPECIAL([none.path]);
  const modified = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  const kind = /^..[xs]/.test(mode) ? "executable" : "file";
  return { ...none, kind, sizeBytes: Number(size), modified };
};
