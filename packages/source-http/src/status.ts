import type { HawserError, HttpAnswer } from "@hawser/core/plugin";
import { errors } from "./errors.ts";

const busy: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/** What an answer that is not the artifact means. */
export const statusFailure = (
  { status, headers }: HttpAnswer,
  url: string,
  ref: string | undefined,
): HawserError => {
  if (status === 401) return errors.HWS_WEB_UNAUTHORIZED([url]);
  if (status === 403) return errors.HWS_WEB_FORBIDDEN([url]);
  if (status === 404 || status === 410)
    return ref === undefined
      ? errors.HWS_WEB_NOT_FOUND([url, status])
      : errors.HWS_SOURCE_REF_NOT_FOUND([ref, url]);
  if (busy.has(status)) return errors.HWS_WEB_BUSY([url, status, waitOf(headers["retry-after"])]);
  return errors.HWS_WEB_STATUS([url, status]);
};

/** Seconds or a date, as the server wrote them; anything else is not repeated. */
const waitOf = (value: string | undefined): string | undefined => {
  if (/^\d{1,9}$/.test(value ?? "")) return `${value} s`;
  return value !== undefined && /^[A-Za-z0-9 ,:-]{1,40}$/.test(value) ? value : undefined;
};
