import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { type Client, FTPError } from "basic-ftp";
import { errors } from "./errors.ts";
import type { FtpPlace } from "./ftp-place.ts";
import { untilAborted } from "./until-aborted.ts";

/** What a server tells about itself at the login. */
export interface FtpSession {
  /** The commands of its reply to FEAT. */
  readonly features: ReadonlySet<string>;
  /** The directory in which the login begins, absolute. */
  readonly home: string;
}

const tlsOptions = ({ host, ca, maxTlsVersion }: FtpPlace): ConnectionOptions => ({
  host,
  // An IP address is checked against the certificate all the same, and may not be sent as a name.
  ...(isIP(host) === 0 && { servername: host }),
  ...(ca !== undefined && { ca }),
  minVersion: "TLSv1.2",
  maxVersion: maxTlsVersion,
  // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
  rejectUnauthorized: true,
});

/** Turns a refusal into another error; what is no refusal goes on as it is. */
const refusal =
  (toError: (reply: FTPError) => Error) =>
  (error: unknown): never => {
    throw error instanceof FTPError ? toError(error) : error;
  };

const encrypt = async (client: Client, place: FtpPlace, signal: AbortSignal): Promise<void> => {
  const timeLimit = AbortSignal.timeout(place.silenceMs);
  const handshake = client
    .useTLS(tlsOptions(place))
    .catch(refusal(({ code }) => errors.HWS_FTP_TLS([place.url, `it refused AUTH TLS (reply ${code})`])));
  await untilAborted(AbortSignal.any([signal, timeLimit]), handshake).catch((error: unknown) => {
    throw error === timeLimit.reason ? errors.HWS_FTP_TLS([place.url, "the handshake stood still"]) : error;
  });
};

/** The reply may repeat what was sent, so nothing of it but its number goes on. */
const logIn = (client: Client, { url, username, password }: FtpPlace): Promise<unknown> =>
  client
    .login(username, password.reveal())
    .catch(
      refusal(({ code }) =>
        code === 421
          ? errors.HWS_FTP_UNREACHABLE([url, "it takes no login now, reply 421"])
          : errors.HWS_FTP_AUTH([url, username, code]),
      ),
    );

const protectData = async (client: Client, { url }: FtpPlace): Promise<void> => {
  for (const command of ["PBSZ 0", "PROT P"]) {
    await client
      .send(command)
      .catch(refusal(({ code }) => errors.HWS_FTP_TLS([url, `it refused ${command} (reply ${code})`])));
  }
};

const homeOf = async (client: Client): Promise<string> => {
  const { message } = await client.send("PWD");
  const home = /^257[ -]"((?:[^"]|"")*)"/.exec(message)?.[1]?.replaceAll('""', '"') ?? "/";
  return home.startsWith("/") ? home : "/";
};

/** Connects, encrypts and logs in, in this order; nothing is sent that TLS was asked for and does not protect. */
export const beginSession = async (
  client: Client,
  place: FtpPlace,
  signal: AbortSignal,
): Promise<FtpSession> => {
  const { host, port, secure } = place;
  const steps = async (): Promise<FtpSession> => {
    if (secure === "implicit") await client.connectImplicitTLS(host, port, tlsOptions(place));
    else await client.connect(host, port);
    if (secure === true) await encrypt(client, place, signal);
    await client.sendIgnoringError("OPTS UTF8 ON");
    await logIn(client, place);
    const features = new Set((await client.features()).keys());
    // Some servers take UTF-8 only from a user who is logged in.
    await client.sendIgnoringError("OPTS UTF8 ON");
    await client.send("TYPE I");
    if (features.has("MLST")) await client.sendIgnoringError("OPTS MLST type;size;modify;UNIX.mode;");
    if (secure !== false) await protectData(client, place);
    return { features, home: await homeOf(client) };
  };
  return await untilAborted(signal, steps());
};
