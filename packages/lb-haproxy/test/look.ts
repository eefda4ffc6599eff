import type { ServerState } from "../src/server-state.ts";

const heads =
  "be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_check_state srv_fqdn srv_port";

export interface LookRow {
  readonly name?: string;
  readonly id?: number;
  readonly address?: string;
  readonly port?: number;
  readonly host?: string;
  readonly operational?: number;
  readonly admin?: number;
  readonly weight?: number;
  readonly ownWeight?: number;
  readonly checkState?: number;
  readonly checkStatus?: string;
  readonly tracked?: string;
  readonly sessions?: number;
  readonly queued?: number;
}

/** The answer of HAProxy to a look, in the form that 2.6 gives it, with the columns that matter. */
export const lookAnswer = (rows: readonly LookRow[]): string => {
  const states = rows.map(
    (row) =>
      `3 app ${row.id ?? 1} ${row.name ?? "web1"} ${row.address ?? "127.0.0.1"} ${row.operational ?? 2} ${row.admin ?? 0} ` +
      `${row.weight ?? 1} ${row.ownWeight ?? 1} ${row.checkState ?? 6} ${row.host ?? "-"} ${row.port ?? 8080}\n`,
  );
  const stats = rows.map(
    (row) =>
      `app,${row.name ?? "web1"},${row.queued ?? 0},${row.sessions ?? 0},${row.tracked ?? ""},` +
      `${row.checkStatus ?? "L7OK"},"HTTP status, ""200""",\n`,
  );
  return `1\n# ${heads}\n${states.join("")}\n# pxname,svname,qcur,scur,tracked,check_status,last_chk,\n${stats.join("")}\n`;
};

/** A server that is in and healthy, but for what is given. */
export const server = (given: Partial<ServerState> = {}): ServerState => ({
  name: "web1",
  id: 1,
  address: "127.0.0.1",
  port: 8080,
  named: false,
  up: true,
  stopping: false,
  maintenance: "none",
  drain: "none",
  weight: 1,
  ownWeight: 1,
  check: "on",
  tracks: false,
  lastCheck: "L7OK",
  open: 0,
  ...given,
});
