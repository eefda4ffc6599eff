import { defineErrors, type Makers } from "@hawser/core/plugin";

const quoted = (text: string): string => JSON.stringify(text.slice(0, 300));

const entries = {
  HWS_SOURCE_REF_INVALID: {
    message: (ref: string): string =>
      `the ref ${JSON.stringify(ref.slice(0, 80))} is not a name this source accepts`,
    hint: "an FTP server has one state, the present one: leave the ref out",
  },
  HWS_SOURCE_REF_NOT_FOUND: {
    message: (ref: string, url: string): string => `${url} has no ref ${ref}`,
    hint: "an FTP server has one state, the present one: leave the ref out",
  },
  HWS_SOURCE_MOVED: {
    message: (url: string): string => `${url} has changed since it was listed`,
    hint: "deploy when nothing writes to it, or upload into a new directory and point the option path to it",
    retryable: false,
  },
  HWS_FTP_OPTION: {
    message: (option: string, why: string): string => `the option ${option} is refused: ${why}`,
  },
  HWS_FTP_PLAINTEXT: {
    message: (host: string): string => `the password for ${host} would be sent without encryption`,
    hint: "use secure: true (or implicit); where the network is trusted, allowPlaintext: true sends it all the same",
  },
  HWS_FTP_UNENCRYPTED: {
    message: (url: string): string =>
      `${url} is read without encryption: who is on the way can read the login and change what is deployed`,
    hint: "use secure: true (or implicit) as soon as the server can",
  },
  HWS_FTP_UNREACHABLE: {
    message: (url: string, why: string): string => `could not reach ${url} (${why})`,
    hint: "check host and port, and that a firewall lets this machine in",
    retryable: true,
  },
  HWS_FTP_LOST: {
    message: (url: string, why: string): string => `the connection to ${url} broke (${why})`,
    retryable: true,
  },
  HWS_FTP_AUTH: {
    message: (url: string, user: string, code: number): string =>
      `${url} refused the login of ${quoted(user)} (reply ${code})`,
    hint: "check username and password; a server may also refuse more logins than it allows at once (option connections)",
  },
  HWS_FTP_CERTIFICATE: {
    message: (url: string, why: string): string => `the certificate of ${url} is not trusted (${why})`,
    hint: "host must be a name that stands in the certificate; for an authority of your own, give its certificate with the option ca",
  },
  HWS_FTP_TLS: {
    message: (url: string, why: string): string => `${url} cannot be spoken to with TLS: ${why}`,
    hint: "switch TLS on at the server; secure: implicit is for servers that speak TLS from the first byte (port 990), maxTlsVersion: TLSv1.2 for those that fail with 1.3",
  },
  HWS_FTP_DATA: {
    message: (url: string, why: string): string => `no data connection to ${url} could be opened (${why})`,
    hint: "data comes over ports of its own: let the server's passive ports through every firewall; a server that wants TLS sessions resumed may need maxTlsVersion: TLSv1.2",
    retryable: true,
  },
  HWS_FTP_PATH: {
    message: (path: string, url: string, what: string): string =>
      `there is no ${what} ${quoted(path)} at ${url}`,
    hint: "check the option path, and that this user may read it; without a leading / it starts where the login begins",
  },
  HWS_FTP_FILE: {
    message: (path: string, reply: string): string => `${quoted(path)} cannot be read (${reply})`,
    hint: "give the user the right to read it, or exclude it",
  },
  HWS_FTP_LENGTH: {
    message: (path: string, sizeBytes: number, got: string): string =>
      `${quoted(path)} is listed with ${sizeBytes} bytes, and ${got} came`,
    hint: "somebody is writing to the file, or the server changes what it sends; try again when nothing writes to it",
  },
  HWS_FTP_EMPTY: {
    message: (url: string): string => `the directory ${url} is empty`,
    hint: "check the option path, and that this user may read what is in the directory",
  },
  HWS_FTP_CUT: {
    message: (folder: string): string => `the listing of ${quoted(folder || ".")} was cut short`,
    retryable: true,
  },
  HWS_FTP_LISTING: {
    message: (folder: string, why: string): string =>
      `the listing of ${quoted(folder || ".")} cannot be read: ${why}`,
    hint: "use a server that speaks MLSD (RFC 3659), or deploy an archive instead of a directory",
  },
  HWS_FTP_LIMIT: {
    message: (path: string, limit: string): string => `${quoted(path || ".")} has more than ${limit}`,
    hint: "exclude what does not belong to the application, or deploy an archive instead of a directory",
  },
  HWS_FTP_NAME: {
    message: (name: string, why: string): string => `the name ${quoted(name)} is refused: ${why}`,
    hint: "rename it on the server, or exclude it",
  },
  HWS_FTP_LINK: {
    message: (path: string): string => `${quoted(path)} is a symbolic link, which FTP cannot carry`,
    hint: "put the file or directory itself there, or exclude the link",
  },
  HWS_FTP_SPECIAL: {
    message: (path: string): string => `${quoted(path)} is neither a file nor a directory`,
    hint: "exclude devices, sockets and pipes",
  },
  HWS_FTP_REFUSED: {
    message: (url: string, what: string, reply: string): string => `${url} refused ${what} (${reply})`,
  },
};

/** Every error of this package; the texts stand nowhere else. */
export const errors: Makers<typeof entries> = defineErrors(entries);
