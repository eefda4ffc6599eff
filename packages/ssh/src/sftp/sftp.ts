/** What a server says of one path. */
export interface SftpAttributes {
  /** `special`: a socket, a pipe or a device. */
  readonly kind: "file" | "directory" | "link" | "special";
  /** Permission bits. */
  readonly mode: number;
  readonly sizeBytes: number;
  /** Seconds since 1970; the protocol has no finer time. */
  readonly modified: number;
}

/** One name of a directory as the server sent it: hostile, and with U+FFFD where it is not UTF-8. */
export interface SftpEntry extends SftpAttributes {
  readonly name: string;
}

/** A file that is open for reading. */
export interface SftpFile {
  attributes(): Promise<SftpAttributes>;
  /** At most `length` bytes from a position on. Fewer are not the end; none is. */
  read(position: number, length: number): Promise<Buffer>;
  /** Does not wait: a handle ends with its session at the latest. */
  close(): void;
}

/**
 * A session of SFTP, the subsystem of SSH for files: no command is run on the machine. Requests may be in flight
 * together.
 * - What the server refuses is `HWS_SSH_SFTP_STATUS`; its `details.status` is `missing`, `denied` or `failed`.
 * - An answer that the protocol does not allow is `HWS_SSH_SFTP_ANSWER`.
 * - A session that ended is `HWS_TRANSPORT_LOST`.
 */
export interface Sftp {
  /** The machine, `host:port`, for messages. */
  readonly where: string;
  /** The absolute path without links and dots. */
  realPath(path: string): Promise<string>;
  /** Of the path itself, also when it is a link. */
  attributes(path: string): Promise<SftpAttributes>;
  /** The names in a directory without `.` and `..`, in the server's order. It stops soon after `limit` names. */
  list(path: string, limit: number): Promise<readonly SftpEntry[]>;
  /** Where a link points, as it is written. */
  readLink(path: string): Promise<string>;
  open(path: string): Promise<SftpFile>;
}
