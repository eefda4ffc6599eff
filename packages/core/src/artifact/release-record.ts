import type { Revision } from "../contracts/source.ts";
import { artifactErrors } from "../errors/artifact-codes.ts";
import { parseHeaders, type RecordHeaders, renderHeaders } from "./record-text.ts";

/** What a release is, as it is stored and as instances keep it. Immutable; belongs to no environment. */
export interface ReleaseRecord {
  /** 6 to 12 digits, rising. */
  readonly id: string;
  readonly application: string;
  readonly revision: Revision;
  /** `sha256-<64 hex>` of the canonical tar. */
  readonly artifact: string;
  readonly artifactBytes: number;
  /** `sha256-<64 hex>` of the manifest's text. */
  readonly manifest: string;
  readonly manifestBytes: number;
  readonly entries: number;
  /** The bytes of all files. */
  readonly filesBytes: number;
  /** Seconds since 1970. */
  readonly created: number;
  /** Why; an operator's words. */
  readonly message?: string;
}

/** The layout that this version writes, and the newest it reads. */
const layout = 1;

/**
 * The record's text: `key: value` lines of ASCII, docs/reference/host-protocol.md. A record that could not be read
 * again is `HWS_ARTIFACT_RECORD_INVALID`.
 */
export const renderRecord = (record: ReleaseRecord): Buffer => {
  const { revision } = record;
  const bytes = renderHeaders([
    ["hawser-release", layout],
    ["application", record.application],
    ["release", record.id],
    ["revision", revision.id],
    ["artifact", record.artifact],
    ["artifact-size", record.artifactBytes],
    ["manifest", record.manifest],
    ["manifest-size", record.manifestBytes],
    ["entries", record.entries],
    ["size", record.filesBytes],
    ["created", record.created],
    ["exact", revision.exact ? "yes" : "no"],
    ["label", revision.label],
    ["url", revision.url],
    ["author", revision.author],
    ["revision-message", revision.message],
    ["revision-time", revision.time],
    ["message", record.message],
  ]);
  parseRecord(bytes);
  return bytes;
};

/**
 * Reads a record. Headers it does not know are ignored; a layout above its own is `HWS_ARTIFACT_RECORD_NEWER`,
 * anything else that does not fit is `HWS_ARTIFACT_RECORD_INVALID`.
 */
export const parseRecord = (bytes: Uint8Array): ReleaseRecord => {
  const headers = parseHeaders(bytes);
  checkLayout(headers);
  const message = headers.text("message");
  return {
    id: headers.match("release", /^[0-9]{6,12}$/),
    application: headers.match("application", /^.+$/s),
    revision: parseRevision(headers),
    artifact: headers.match("artifact", digest),
    artifactBytes: headers.number("artifact-size"),
    manifest: headers.match("manifest", digest),
    manifestBytes: headers.number("manifest-size"),
    entries: headers.number("entries"),
    filesBytes: headers.number("size"),
    created: headers.number("created"),
    ...(message !== undefined && { message }),
  };
};

const digest = /^sha256-[0-9a-f]{64}$/;

const checkLayout = (headers: RecordHeaders): void => {
  const found = headers.match("hawser-release", /^[1-9][0-9]{0,5}$/);
  if (Number(found) > layout) throw artifactErrors.HWS_ARTIFACT_RECORD_NEWER([found]);
};

const parseRevision = (headers: RecordHeaders): Revision => {
  const [label, url, author] = [headers.text("label"), headers.text("url"), headers.text("author")];
  const message = headers.text("revision-message");
  return {
    id: headers.match("revision", /^[!-~]{1,200}$/),
    exact: headers.match("exact", /^(?:yes|no)$/) === "yes",
    ...(label !== undefined && { label }),
    ...(url !== undefined && { url }),
    ...(author !== undefined && { author }),
    ...(message !== undefined && { message }),
    ...(headers.text("revision-time") !== undefined && { time: headers.number("revision-time") }),
  };
};
