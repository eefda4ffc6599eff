import { HawserError } from "@hawser/core/plugin";
import { FTPError } from "basic-ftp";
import { errors } from "./errors.ts";

/** A reply as a person may read it: the server wrote it, so it is short and has no control characters. */
const replyText = (error: FTPError): string =>
  error.message.replaceAll(/[\x00-\x1f\x7f]+/g, " ").slice(0, 200);

/** True for a refusal that stays one (5yz); what is refused for the moment is 4yz. */
const isPermanent = (error: unknown): error is FTPError => error instanceof FTPError && error.code >= 500;

const certificate =
  /^(?:CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_(?:CA|PURPOSE)|HOSTNAME_MISMATCH|CRL_|ERROR_IN_C)/;
const handshake = /^(?:EPROTO|ERR_SSL_|ERR_TLS_)/;

const codeOf = (error: unknown): string => {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
};

const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return codeOf(error) || text.replaceAll(/[\x00-\x1f\x7f]+/g, " ").slice(0, 200);
};

/** What a broken TLS handshake means; undefined for what has nothing to do with TLS. */
const tlsFailure = (error: unknown, url: string): HawserError | undefined => {
  const code = codeOf(error);
  if (certificate.test(code)) return errors.HWS_FTP_CERTIFICATE([url, code], { cause: error });
  if (handshake.test(code))
    return errors.HWS_FTP_TLS([url, `the handshake failed (${code})`], { cause: error });
  return undefined;
};

/** An error while a connection is made, in the words of the catalogue. */
export const openingFailure = (error: unknown, url: string): HawserError => {
  if (HawserError.is(error)) return error;
  if (error instanceof FTPError) {
    const retryable = error.code < 500;
    return errors.HWS_FTP_REFUSED([url, "the connection", replyText(error)], { retryable });
  }
  return tlsFailure(error, url) ?? errors.HWS_FTP_UNREACHABLE([url, reasonOf(error)], { cause: error });
};

/** An error of a connection that was already in use. A reply is a refusal, everything else a loss. */
export const usageFailure = (error: unknown, url: string, what: string): HawserError => {
  if (HawserError.is(error)) return error;
  if (error instanceof FTPError && error.code !== 421) {
    const retryable = error.code < 500;
    return errors.HWS_FTP_REFUSED([url, what, replyText(error)], { retryable });
  }
  const why = error instanceof FTPError ? replyText(error) : reasonOf(error);
  return tlsFailure(error, url) ?? errors.HWS_FTP_LOST([url, why], { cause: error });
};

/** An error while a data connection was opened. */
export const dataFailure = (error: unknown, url: string): HawserError => {
  if (HawserError.is(error)) return error;
  const why = error instanceof FTPError ? replyText(error) : reasonOf(error);
  return errors.HWS_FTP_DATA([url, why], { cause: error });
};

interface Where {
  readonly path: string;
  readonly url: string;
}

/** Replies that speak of the data connection and not of what was asked for. */
const ofDataConnection = [425, 521, 522, 534];

export const directoryFailure = (error: unknown, { path, url }: Where): HawserError =>
  error instanceof FTPError && error.code === 550
    ? errors.HWS_FTP_PATH([path, url, "directory"], { output: replyText(error) })
    : usageFailure(error, url, `CWD ${path}`);

export const listingFailure = (error: unknown, { path, url }: Where): HawserError => {
  if (error instanceof FTPError && ofDataConnection.includes(error.code)) return dataFailure(error, url);
  if (isPermanent(error)) return errors.HWS_FTP_LISTING([path, replyText(error)]);
  // The library has no other sign for it.
  if (error instanceof Error && error.message.includes("Maximum bytes exceeded")) {
    return errors.HWS_FTP_LIMIT([path, "32 MiB of listing"]);
  }
  return transferFailure(error, url);
};

export const fileFailure = (error: unknown, { path, url }: Where): HawserError => {
  if (error instanceof FTPError && ofDataConnection.includes(error.code)) return dataFailure(error, url);
  return isPermanent(error) ? errors.HWS_FTP_FILE([path, replyText(error)]) : transferFailure(error, url);
};

/** A transfer that a server breaks off is a loss too: the next one may go through. */
const transferFailure = (error: unknown, url: string): HawserError =>
  error instanceof FTPError
    ? errors.HWS_FTP_LOST([url, replyText(error)])
    : usageFailure(error, url, "the transfer");
