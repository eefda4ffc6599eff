import { hostErrors } from "../errors/host-codes.ts";
import type { FetchPlace } from "./host-requests.ts";

/** What a URL may hold, in one line that curl's config takes as it is. */
const urlGrammar = /^https?:\/\/[A-Za-z0-9._~:/?#@!$&'()*+,;=%[\]-]{1,16000}$/;
const certificateGrammar = /-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n/g;

/** What the instance is told in place of an archive: a line of curl's config, and the certificates that it shall trust. */
export const fetchOrder = ({ url, ca = "" }: FetchPlace): Buffer => {
  const text = url.reveal();
  if (!urlGrammar.test(text)) throw hostErrors.HWS_HOST_FETCH(["storage gave a URL that is none"]);
  const certificates = ca.replaceAll("\r\n", "\n").match(certificateGrammar) ?? [];
  return Buffer.from(`url = "${text}"\n${certificates.join("")}`);
};
