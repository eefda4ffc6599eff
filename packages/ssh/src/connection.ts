import type { Duplex } from "node:stream";
import type { Channel } from "@hawser/core/plugin";
import type { Sftp } from "./sftp/sftp.ts";

/** A way to run commands on one machine. */
export interface Shell extends AsyncDisposable {
  /** The machine, `host:port`, for messages. */
  readonly where: string;
  /**
   * Starts a command (read by the user's login shell there) and hands over its standard input and output. What it
   * writes to standard error comes back in the text of `closed`, cut to the last 8 KiB.
   */
  start(command: string): Promise<Channel>;
}

/** An authenticated connection to one SSH server. */
export interface Connection extends Shell {
  /** Opens a stream to a Unix socket on the machine. */
  forwardStream(socketPath: string): Promise<Duplex>;
  /** Opens a TCP stream from the machine to an address. */
  forwardTcp(host: string, port: number): Promise<Duplex>;
  /** Starts a session of SFTP, which ends with the connection. */
  sftp(): Promise<Sftp>;
}
