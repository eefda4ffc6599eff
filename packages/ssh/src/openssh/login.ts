import { errors } from "../errors.ts";
import { OutputTail } from "../output-tail.ts";

/** What ssh adds at its end when it was asked to tell about itself. */
const ownChatter = /^(Transferred: sent \d|Bytes per second: sent \d|Killed by signal \d)/;

/** What ssh said on its way to the login, and what the command wrote to standard error afterwards. */
export class Login {
  readonly said: OutputTail = new OutputTail();
  /** Of the last server on the way that showed its key. */
  offered: { readonly type: string; readonly fingerprint: string } | undefined;
  /** The methods of login that it accepts. */
  accepts: string | undefined;
  /** The last server on the way that answered, `host:port`. */
  server: string | undefined;
  #left: number;
  #line = "";
  readonly #onDone: () => void;

  /** `logins`: how many servers are on the way; `onDone` is called when the last one has let us in. */
  constructor(logins: number, onDone: () => void) {
    this.#left = logins;
    this.#onDone = onDone;
  }

  get done(): boolean {
    return this.#left <= 0;
  }

  add(chunk: Uint8Array): void {
    const lines = (this.#line + Buffer.from(chunk).toString("utf8")).split("\n");
    // A server that never ends its line must not fill the memory.
    this.#line = (lines.pop() ?? "").slice(-4096);
    for (const line of lines) this.#read(line.replace(/\r$/, ""));
  }

  /** The rest of the last line, when nothing more comes. */
  end(): void {
    if (this.#line !== "") this.#read(this.#line);
    this.#line = "";
  }

  #read(line: string): void {
    const debug = /^debug\d: (.*)$/.exec(line)?.[1];
    if (debug !== undefined) this.#learn(debug);
    else if (!this.done && /^Authenticated to /.test(line)) this.#letIn();
    else if (ownChatter.test(line)) return;
    else this.said.add(`${line}\n`);
  }

  #letIn(): void {
    this.#left--;
    if (this.done) this.#onDone();
  }

  #learn(debug: string): void {
    const server = /^Authenticating to (\S+) as /.exec(debug);
    if (server !== null) this.server = server[1];
    const key = /^Server host key: (\S+) (SHA256:\S+)/.exec(debug);
    if (key !== null) this.offered = { type: key[1] as string, fingerprint: key[2] as string };
    const left = /^Authentications that can continue: (\S+)/.exec(debug);
    if (left !== null) this.accepts = left[1];
  }
}

const hostKeyError = (login: Login, where: string, said: string): Error => {
  const { type, fingerprint } = login.offered ?? { type: "a key", fingerprint: "of unknown fingerprint" };
  const known = /Offending \S+ key in (\S+:\d+)/.exec(said)?.[1];
  if (/REVOKED/.test(said))
    return errors.HWS_TRANSPORT_HOST_KEY(
      [where, type, fingerprint, `which ${known ?? "known_hosts"} revokes`],
      {
        hint: "The key is known to be stolen or retired: give the machine a new one.",
      },
    );
  if (known !== undefined)
    return errors.HWS_TRANSPORT_HOST_KEY([where, type, fingerprint, `but ${known} holds another`], {
      hint: "Somebody may be between you and the machine. Only if you know that it was installed anew: replace that line.",
    });
  return errors.HWS_TRANSPORT_HOST_KEY([where, type, fingerprint, "and known_hosts holds no key for it"], {
    hint: "Compare the fingerprint with the one that the machine itself shows (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub); if they are equal, add what ssh-keyscan prints for it to known_hosts.",
  });
};

/** The error for an ssh that ended before it was let in. */
export const loginError = (
  login: Login,
  target: { readonly where: string; readonly user: string; readonly tried: string },
  original: (path: string) => string,
): Error => {
  const said = login.said.text().replaceAll(/\/[^\s:]*\/hawser-ssh-[^\s:]+/g, original);
  const where = login.server ?? target.where;
  const last = said
    .trim()
    .split(/\s*\n\s*/)
    .slice(-2)
    .join("; ");
  if (/Host key verification failed|HOST IDENTIFICATION HAS CHANGED|REVOKED HOST KEY/.test(said))
    return hostKeyError(login, where, said);
  if (/Permission denied|Too many authentication failures/.test(said)) {
    const accepts = login.accepts === undefined ? "" : `; the server accepts ${login.accepts}`;
    return errors.HWS_TRANSPORT_AUTH([where, target.user, target.tried + accepts], { output: last });
  }
  if (/no matching .* found|Unable to negotiate/.test(said)) return errors.HWS_SSH_ALGORITHMS([where, last]);
  return errors.HWS_TRANSPORT_UNREACHABLE([target.where, last === "" ? "ssh ended without a word" : last]);
};
