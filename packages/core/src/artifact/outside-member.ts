import type { ArchiveLimits, ArchiveMeter } from "./archive-limits.ts";

/** One member of an archive from outside. Nothing of it is checked but that it is a file, directory or link. */
export interface OutsideMember {
  /** As it stands in the archive, one character a byte. */
  readonly name: string;
  readonly type: "file" | "directory" | "link";
  readonly executable: boolean;
  readonly sizeBytes: number;
  /** Of a link, one character a byte. */
  readonly target: string;
  /** Of a file. What is not read of it is skipped. */
  readonly data: AsyncGenerator<Buffer>;
}

/** What a reader of members obeys. */
export interface MemberRequest {
  readonly limits: ArchiveLimits;
  /** Everything that is unpacked passes it. */
  readonly meter: ArchiveMeter;
  readonly signal: AbortSignal;
}
