import { errors } from "./errors.ts";
import { NamedRoster } from "./named-roster.ts";
import type { Roster } from "./place.ts";
import { SlotRoster } from "./slot-roster.ts";

export interface ServersOption {
  /**
   * `fixed`: every instance has its `server` line in haproxy.cfg; `add`: one without is added at run time (`add
   * server`); `slots`: instances take the servers of a `server-template`.
   */
  readonly mode: "fixed" | "add" | "slots";
  /** For `add`: what stands behind the address, as on a `server` line. Default `check`. */
  readonly arguments?: string;
  /** For `slots`: the prefix of the `server-template`. Default `slot`. */
  readonly prefix?: string;
}

// Words of a `server` line: nothing in them can end the command, begin another or quote.
const word = "[A-Za-z0-9_./:@,=+%-]{1,128}";

interface ServersSchema {
  readonly type: "object";
  readonly additionalProperties: false;
  readonly required: readonly string[];
  readonly description: string;
  readonly properties: Readonly<Record<string, object>>;
}

export const serversSchema: ServersSchema = {
  type: "object",
  additionalProperties: false,
  required: ["mode"],
  description: "how servers stand for instances; default: `add` with a `port`, else `fixed`",
  properties: {
    mode: {
      enum: ["fixed", "add", "slots"],
      description:
        "`fixed`: each has a `server` line; `add`: one without is added at run time; `slots`: they take the servers of a `server-template`",
    },
    arguments: {
      type: "string",
      pattern: `^${word}(?: ${word}){0,31}$`,
      default: "check",
      description: "for `add`: what stands behind the address, as on a `server` line",
    },
    prefix: {
      type: "string",
      pattern: "^[A-Za-z0-9_.:-]{1,64}$",
      default: "slot",
      description: "for `slots`: the prefix of the `server-template`",
    },
  },
};

/** What the options say of servers. */
export interface RosterOptions {
  readonly backend: string;
  readonly server: string;
  readonly port: number | undefined;
  readonly servers: ServersOption | undefined;
}

/** The way in which servers stand for instances. */
export const rosterOf = ({ backend, server, port, servers }: RosterOptions): Roster => {
  const mode = servers?.mode ?? (port === undefined ? "fixed" : "add");
  if (mode === "fixed") return new NamedRoster(backend, server, undefined);
  if (port === undefined) throw errors.HWS_LB_NO_PORT([mode]);
  if (mode === "slots") return new SlotRoster(backend, servers?.prefix ?? "slot", port);
  return new NamedRoster(backend, server, { port, words: servers?.arguments ?? "check" });
};
