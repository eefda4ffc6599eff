import { errors } from "./errors.ts";

/** Names and addresses of this machine itself. */
const loopback = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The URL, proved to be one that a secret may be sent to. */
export const webhookUrl = (text: string, allowPlaintext: boolean): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw errors.HWS_WEBHOOK_URL(["it is none"]);
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw errors.HWS_WEBHOOK_URL([`it is of the scheme ${url.protocol}`]);
  if (url.username !== "" || url.password !== "") throw errors.HWS_WEBHOOK_URL(["it holds credentials"]);
  if (url.protocol === "http:" && !allowPlaintext && !loopback.test(url.hostname))
    throw errors.HWS_WEBHOOK_PLAINTEXT([url.host]);
  return url;
};
