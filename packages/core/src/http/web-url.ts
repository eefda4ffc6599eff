import { httpErrors } from "../errors/http-codes.ts";

/** How a URL may be shown: a query may hold a signature, which is a credential. */
export const shownUrl = (url: URL): string => `${url.origin}${url.pathname}`;

/** A URL that a plugin asks for. */
export const parseUrl = (text: string): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw httpErrors.HWS_HTTP_URL_INVALID(["it is none"]);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw httpErrors.HWS_HTTP_URL_INVALID([`it is of the scheme ${url.protocol}`]);
  if (url.username !== "" || url.password !== "")
    throw httpErrors.HWS_HTTP_URL_INVALID([`that of ${url.host} holds credentials`]);
  url.hash = "";
  return url;
};

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where an answer sends to; undefined when it is the answer itself. */
export const redirectOf = (
  from: URL,
  status: number,
  headers: Readonly<Record<string, string>>,
): URL | undefined => {
  const { location } = headers;
  if (!redirects.has(status) || location === undefined) return undefined;
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to?.protocol !== "http:" && to?.protocol !== "https:")
    throw httpErrors.HWS_HTTP_REDIRECT_SCHEME([shownUrl(from), to?.protocol ?? "no URL"]);
  if (from.protocol === "https:" && to.protocol === "http:")
    throw httpErrors.HWS_HTTP_REDIRECT_DOWNGRADE([shownUrl(from), to.origin]);
  // Credentials that a server made up are not sent anywhere.
  to.username = "";
  to.password = "";
  to.hash = "";
  return to;
};
