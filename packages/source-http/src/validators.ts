import { createHash } from "node:crypto";
import { errors } from "./errors.ts";

/** What a server says by which one state of an artifact can be told from another. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
  readonly sizeBytes?: number;
}

/** @param sizeBytes the length of the whole artifact, which a part's own header does not say. */
export const validatorsOf = (
  headers: Readonly<Record<string, string>>,
  sizeBytes: number | undefined,
): Validators => ({
  ...(headers.etag !== undefined && { etag: headers.etag }),
  ...(headers["last-modified"] !== undefined && { lastModified: headers["last-modified"] }),
  ...(sizeBytes !== undefined && { sizeBytes }),
});

/** Equal strong tags mean equal bytes. */
export const isStrong = ({ etag }: Validators): boolean => /^"[^"]*"$/.test(etag ?? "");

/** The name of a state, made of what was said; undefined when nothing was. Two URLs may have the same tag. */
export const stateId = (url: string, validators: Validators): string | undefined => {
  const { etag, lastModified, sizeBytes } = validators;
  const name = (kind: string, parts: readonly unknown[]) =>
    `${kind}-${createHash("sha256")
      .update(JSON.stringify([url, ...parts]))
      .digest("hex")}`;
  if (isStrong(validators)) return name("etag", [etag]);
  if (etag === undefined && lastModified === undefined) return undefined;
  return name("seen", [etag, lastModified, sizeBytes]);
};

/** What makes a server send a part only of the same state; undefined when it said nothing exact enough. */
export const rangeCondition = (validators: Validators): string | undefined =>
  isStrong(validators) || validators.etag === undefined
    ? (validators.etag ?? validators.lastModified)
    : undefined;

/** Makes sure that an answer is of the state that is wanted. A time or a length that only one of both says is none. */
export const expectState = (wanted: Validators, found: Validators, url: string): void => {
  const differs = (key: "lastModified" | "sizeBytes"): boolean =>
    wanted[key] !== undefined && found[key] !== undefined && wanted[key] !== found[key];
  if (wanted.etag !== found.etag || differs("lastModified") || differs("sizeBytes"))
    throw errors.HWS_SOURCE_MOVED([url]);
};

/** `bytes 5-99/100`: where a part begins, and how long the whole is. */
export const readContentRange = (
  value: string | undefined,
): { readonly offset: number; readonly sizeBytes?: number } | undefined => {
  const match = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/i.exec(value ?? "");
  if (match === null) return undefined;
  return { offset: Number(match[1]), ...(match[2] !== "*" && { sizeBytes: Number(match[2]) }) };
};

export const readLength = (value: string | undefined): number | undefined =>
  /^\d{1,15}$/.test(value ?? "") ? Number(value) : undefined;
