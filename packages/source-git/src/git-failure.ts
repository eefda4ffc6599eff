import type { HawserError, SpawnResult } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { GitRequest } from "./git-request.ts";

/** What git and ssh write on standard error (LC_ALL=C, git 2.36 to 2.52, OpenSSH 8 to 10) and what it means. */
const readings: readonly {
  readonly text: RegExp;
  readonly error: (remote: NonNullable<GitRequest["remote"]>, output: string) => HawserError;
}[] = [
  {
    text: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for \S+ has changed|REVOKED HOST KEY/,
    error: (remote, output) => errors.HWS_GIT_HOST_KEY([knownHostsName(remote), true], { output }),
  },
  {
    text: /Host key verification failed|No \S+ host key is known for/,
    error: (remote, output) => errors.HWS_GIT_HOST_KEY([knownHostsName(remote), false], { output }),
  },
  {
    text: /Permission denied \(|Authentication failed for|could not read (Username|Password)|returned error: 40[13]|Too many authentication failures|Load key .*: /,
    error: (remote, output) => errors.HWS_GIT_AUTH([remote.shown], { output }),
  },
  {
    text: /returned error: 30\d|unable to update url base from redirection/,
    error: (remote, output) => errors.HWS_GIT_REDIRECT([remote.shown], { output }),
  },
  {
    text: /certificate|SSL peer|error setting certificate/i,
    error: (remote, output) => errors.HWS_GIT_CERTIFICATE([remote.shown], { output }),
  },
  {
    text: /Could not resolve host|Temporary failure in name resolution|Name or service not known|Connection (refused|reset|closed|timed out)|Operation timed out|Failed to connect|Couldn't connect|Network is unreachable|No route to host|early EOF|unexpected disconnect|The remote end hung up|Broken pipe|Operation too slow|Timeout, server|returned error: 5\d\d|returned error: 429|kex_exchange_identification|transfer closed|Recv failure|Empty reply|HTTP\/2 stream|RPC failed/,
    error: (remote, output) => errors.HWS_GIT_NETWORK([remote.shown], { output }),
  },
  {
    text: /does not appear to be a git repository|[Rr]epository .*not found|returned error: 404|not a git repository|dubious ownership|does not exist/,
    error: (remote, output) => errors.HWS_GIT_NO_REPOSITORY([remote.shown], { output }),
  },
];

/** The name a key has in known_hosts: with the port when it is not 22. */
const knownHostsName = ({ host = "the server", port }: NonNullable<GitRequest["remote"]>): string =>
  port === undefined || port === 22 ? host : `[${host}]:${port}`;

const lastLines = (text: string): string => text.trim().split("\n").slice(-12).join("\n").slice(-2000);

/** Makes the error of a git that ended badly. */
export const readFailure = (request: GitRequest, result: SpawnResult): HawserError => {
  const output = lastLines(result.stderr);
  const { remote } = request;
  // "not our ref" and its like are facts about one object; who asked for it knows what they mean.
  const found =
    remote === undefined || isMissingObject(output)
      ? undefined
      : readings.find(({ text }) => text.test(output));
  if (remote !== undefined && found !== undefined) return found.error(remote, output);
  const exit = result.exitCode === null ? `signal ${result.signal}` : `exit code ${result.exitCode}`;
  return errors.HWS_GIT_FAILED([request.command, exit], { output });
};

/** The server does not have the object, or does not hand it out by its id. */
export const isMissingObject = (output: string | undefined): boolean =>
  /not our ref|unadvertised object|couldn't find remote ref|bad object|no such remote ref/i.test(
    output ?? "",
  );
