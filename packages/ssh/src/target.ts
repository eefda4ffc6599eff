import { userInfo } from "node:os";
import type { OperationContext, Secret } from "@hawser/core/plugin";
import { checkHop, defaultPort, type Hop, parseJump } from "./address.ts";

/** One machine to connect to, and how. */
export interface SshTarget {
  readonly host: string;
  /** Default 22. */
  readonly port?: number;
  /** Default: the user of this process. */
  readonly user?: string;
  /** The path of a private key without a passphrase, or its text. */
  readonly privateKey?: string | Secret;
  /** `true`: the agent of SSH_AUTH_SOCK; a path: the agent behind that socket. Default: the agent, if neither key nor password is given. */
  readonly agent?: boolean | string;
  /** For this machine alone, never for its jump hosts; asked for after the keys. Only with ssh2. */
  readonly password?: Secret;
  /** Paths of known_hosts files. Default: the user's and the machine's own. */
  readonly knownHosts?: readonly string[];
  /** The only host keys to believe for this machine; jump hosts are still checked by `knownHosts`. */
  readonly hostKeys?: readonly string[];
  /** Jump hosts, `user@host:port`, a chain by comma, nearest first. */
  readonly jump?: string;
}

export type ConnectContext = Pick<OperationContext, "signal" | "logger">;

/** The servers from here to the target, target last. Every name passes its grammar before anything is dialled. */
export const wayTo = (target: SshTarget): readonly Hop[] => {
  const user = target.user ?? userInfo().username;
  const hop = checkHop({ host: target.host, port: target.port ?? defaultPort, user });
  return [...(target.jump === undefined ? [] : parseJump(target.jump, user)), hop];
};
