import { parseCsv } from "./csv.ts";

/** One server of a backend, as HAProxy sees it. */
export interface ServerState {
  readonly name: string;
  /** Unique in its backend; one at or above `firstOwnId` was added by us at run time. */
  readonly id: number;
  /** An IP address as HAProxy writes it; `-` while it has none. */
  readonly address: string;
  readonly port: number;
  /** Known to haproxy.cfg by a host name and not by an address. */
  readonly named: boolean;
  readonly up: boolean;
  /** Up, but the application asked for no new sessions (`http-check disable-on-404`). */
  readonly stopping: boolean;
  readonly maintenance: "none" | "forced" | "inherited" | "unresolved";
  readonly drain: "none" | "forced" | "inherited";
  readonly weight: number;
  /** The weight of haproxy.cfg. */
  readonly ownWeight: number;
  readonly check: "none" | "off" | "on";
  /** Follows the checks of another server. */
  readonly tracks: boolean;
  /** What the last check said (`L7OK`, `L4CON`…); empty before the first. */
  readonly lastCheck: string;
  /** Requests being served or waiting for this server. */
  readonly open: number;
}

/** The servers of a backend, by name. */
export type Servers = ReadonlyMap<string, ServerState>;

/** Servers with ids from here on were added at run time: haproxy.cfg numbers its own from 1. */
export const firstOwnId = 1_000_000_000;

/** The two commands a look is made of, in one line. */
export const lookCommand = (backend: string): string =>
  `show servers state ${backend};show stat ${backend} 4 -1`;

type Row = Readonly<Record<string, string>>;

/** What makes an answer unusable, in words. */
export class AnswerFault extends Error {}

const rowsOf = (head: readonly string[], rows: readonly (readonly string[])[]): Row[] =>
  rows.map((row) => {
    if (row.length !== head.length)
      throw new AnswerFault(`a row of ${row.length} fields under ${head.length} heads`);
    return Object.fromEntries(head.map((name, index) => [name, row[index] ?? ""]));
  });

const whole = (row: Row, field: string): number => {
  const text = row[field];
  if (text === undefined || !/^[0-9]{1,15}$/.test(text)) throw new AnswerFault(`no number in ${field}`);
  return Number(text);
};

const stateRows = (text: string): Row[] => {
  const [version, head = "", ...rest] = text.split("\n");
  if (version !== "1" || !head.startsWith("# ")) throw new AnswerFault("not version 1 of the servers' state");
  const data = rest
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.trimEnd().split(" "));
  return rowsOf(head.slice(2).trimEnd().split(" "), data);
};

const statRows = (text: string): Row[] => {
  const rows = parseCsv(text.replace(/^# /, ""));
  const [head, ...rest] = rows ?? [];
  if (!head?.includes("svname")) throw new AnswerFault("not the statistics of a backend");
  return rowsOf(head, rest);
};

const maintenanceOf = (admin: number): ServerState["maintenance"] => {
  if (admin & 0x01) return "forced";
  if (admin & 0x02) return "inherited";
  return admin & 0x20 ? "unresolved" : "none";
};

const drainOf = (admin: number): ServerState["drain"] => {
  if (admin & 0x08) return "forced";
  return admin & 0x10 ? "inherited" : "none";
};

const checkOf = (state: number): ServerState["check"] => {
  if (!(state & 0x02)) return "none";
  return state & 0x04 ? "on" : "off";
};

// Printable and short: this text reaches people's terminals. "* " marks a check under way.
const lastCheckOf = (stat: Row): string => {
  const status = (stat.check_status ?? "").replace(/^\* /, "");
  if (status === "INI" || status === "UNK") return "";
  return status.replace(/[^ -~]/g, "").slice(0, 40);
};

const serverOf = (row: Row, stat: Row | undefined): ServerState => {
  if (!stat) throw new AnswerFault("a server without statistics");
  const admin = whole(row, "srv_admin_state");
  const operational = whole(row, "srv_op_state");
  return {
    name: row.srv_name ?? "",
    id: whole(row, "srv_id"),
    address: row.srv_addr ?? "-",
    port: whole(row, "srv_port"),
    named: (row.srv_fqdn ?? "-") !== "-",
    up: operational > 0,
    stopping: operational === 3,
    maintenance: maintenanceOf(admin),
    drain: drainOf(admin),
    weight: whole(row, "srv_uweight"),
    ownWeight: whole(row, "srv_iweight"),
    check: checkOf(whole(row, "srv_check_state")),
    tracks: (stat.tracked ?? "") !== "",
    lastCheck: lastCheckOf(stat),
    open: whole(stat, "scur") + whole(stat, "qcur"),
  };
};

/**
 * Reads the answer to `lookCommand`: the servers by name. The bits are those of the management guide under `show
 * servers state`; each answer ends with an empty line, without which it was cut.
 */
export const parseLook = (answer: string): Servers => {
  const parts = /^(1\n# be_id [\s\S]*?\n)\n(# pxname,[\s\S]*\n)\n$/.exec(answer);
  if (!parts) throw new AnswerFault("cut, or of another form");
  const stats = new Map(statRows(parts[2] ?? "").map((row) => [row.svname, row]));
  const servers = stateRows(parts[1] ?? "").map((row) => serverOf(row, stats.get(row.srv_name)));
  return new Map(servers.map((server) => [server.name, server]));
};
