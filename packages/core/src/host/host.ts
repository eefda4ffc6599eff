import type { OperationContext } from "../contracts/common.ts";
import type { PathOwnership } from "../contracts/installer.ts";
import { Secret } from "../contracts/secret.ts";
import type { CallContext, HostReply, HostRequest, Session } from "../contracts/transport.ts";
import { hostErrors, isToldCode } from "../errors/host-codes.ts";
import { encodeWord } from "./frame.ts";
import type { HostCommandEnd, HostHealth, HostStaged, HostSurvey, HostVerification } from "./host-facts.ts";
import { previousOf, surveyOf, verificationOf, wordsOf } from "./host-replies.ts";
import type {
  ActivateRequest,
  CheckRequest,
  CommandRequest,
  LinkRequest,
  StageRequest,
  SurveyRequest,
  TrustRequest,
} from "./host-requests.ts";
import { ReplyFields } from "./reply-fields.ts";
import { stageRequest } from "./stage-request.ts";

export type * from "./host-facts.ts";
export type * from "./host-requests.ts";

/** The verbs of one instance, typed. Replies are checked field by field: an instance may be hostile. */
export class Host {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  async survey(request: SurveyRequest, context: OperationContext): Promise<HostSurvey> {
    return surveyOf(await this.#call(surveyRequest(request), context), request.users);
  }

  /**
   * Compares a release's paths with what was recorded: `install` (the default) tells drift, `stage` tells which entries
   * of the manifest are no longer as staged, which is what a delta onto this release must bring.
   */
  async verify(
    request: { readonly release: string; readonly against?: "install" | "stage" },
    context: OperationContext,
  ): Promise<HostVerification> {
    return verificationOf(await this.#call({ verb: "verify", headers: { ...request } }, context));
  }

  /**
   * Makes the release present and complete, not active. A base that cannot serve is HWS_HOST_BASE_CHANGED, with
   * `details.needed`: the names that a supplement would have to bring.
   */
  async stage(request: StageRequest, context: OperationContext): Promise<HostStaged> {
    const { fields } = await this.#call(stageRequest(request), context);
    const read = new ReplyFields(fields, "stage");
    return {
      already: read.yes("already"),
      state: read.oneOf("state", ["staged", "installing", "installed"]),
      method: read.text("method"),
      written: read.count("written"),
      removed: read.count("removed"),
    };
  }

  /**
   * Lays whom the instance believes; from then on it refuses what is not signed so. `forgot`: a key that was believed is
   * believed no more, and the versions of desired states count anew.
   */
  async trust(
    request: TrustRequest,
    context: OperationContext,
  ): Promise<{ readonly changed: boolean; readonly forgot: boolean }> {
    const { fields } = await this.#call(trustRequest(request), context);
    const read = new ReplyFields(fields, "trust");
    return { changed: read.yes("changed"), forgot: read.yes("forgot") };
  }

  /** Tells the desired state, as it is stored: from then on the instance accepts nothing older. */
  async desired(
    request: { readonly epoch: number; readonly bytes: Buffer },
    context: OperationContext,
  ): Promise<{ readonly version: number }> {
    const headers = { epoch: String(request.epoch) };
    const { fields } = await this.#call({ verb: "desired", headers, body: request.bytes }, context);
    return { version: new ReplyFields(fields, "desired").count("version") };
  }

  async link(request: LinkRequest, context: OperationContext): Promise<void> {
    const lines = (["shared", "writable", "generated"] as const).flatMap((what) =>
      request[what].map((path) => `${what} ${encodeWord(path)}\n`),
    );
    const owned = (request.ownership ?? []).flatMap(ownershipLines);
    const headers = { epoch: String(request.epoch), release: request.release };
    const body = Buffer.from([...lines, ...owned].join(""));
    await this.#call({ verb: "link", headers, body }, context);
  }

  /** Runs a command, or attaches to the one of this key; its output goes to `context.output`. */
  async command(request: CommandRequest, context: CallContext): Promise<HostCommandEnd> {
    const env = Buffer.from(environmentLines(request.env).join(""));
    const script = Buffer.from(request.script);
    const headers = {
      epoch: String(request.epoch),
      key: request.key,
      name: request.name,
      "timeout-ms": String(request.timeoutMs),
      directory: request.directory,
      "output-limit": String(request.outputLimitBytes ?? 1024 * 1024),
      ...(request.attachOnly === true && { attach: "only" }),
      ...(request.user !== undefined && { user: request.user }),
      env: String(env.length),
      script: String(script.length),
    };
    const reply = await this.#call({ verb: "command", headers, body: Buffer.concat([env, script]) }, context);
    const read = new ReplyFields(reply.fields, "command");
    return {
      exit: read.count("exit"),
      timedOut: read.yes("timedOut"),
      attached: read.yes("attached"),
      durationMs: read.count("ms"),
      truncated: read.yes("truncated"),
    };
  }

  /** Removes the records of ended commands whose key begins with the prefix. */
  async forget(
    request: { readonly epoch: number; readonly prefix: string },
    context: OperationContext,
  ): Promise<{ readonly removed: number }> {
    const headers = { epoch: String(request.epoch), prefix: request.prefix };
    const { fields } = await this.#call({ verb: "forget", headers }, context);
    return { removed: new ReplyFields(fields, "forget").count("removed") };
  }

  async seal(
    request: { readonly epoch: number; readonly release: string },
    context: OperationContext,
  ): Promise<{ readonly changed: number }> {
    const headers = { epoch: String(request.epoch), release: request.release };
    const { fields } = await this.#call({ verb: "seal", headers }, context);
    return { changed: new ReplyFields(fields, "seal").count("changed") };
  }

  async activate(
    request: ActivateRequest,
    context: OperationContext,
  ): Promise<{ readonly changed: boolean; readonly previous: string | null }> {
    const headers = {
      epoch: String(request.epoch),
      release: request.release,
      ...(request.target !== undefined && { target: request.target }),
    };
    const { fields } = await this.#call({ verb: "activate", headers }, context);
    const read = new ReplyFields(fields, "activate");
    return { changed: read.yes("changed"), previous: previousOf(read) };
  }

  async check(request: CheckRequest, context: OperationContext): Promise<HostHealth> {
    const { fields } = await this.#call(checkRequest(request), context);
    const read = new ReplyFields(fields, "check");
    return {
      healthy: read.yes("healthy"),
      attempts: read.count("attempts"),
      detail: read.text("detail"),
      output: read.text("output"),
    };
  }

  /** Removes all releases but those kept, the current and the previous one, and any in which a process lives. */
  async prune(
    request: { readonly epoch: number; readonly keep: readonly string[] },
    context: OperationContext,
  ): Promise<{ readonly removed: readonly string[] }> {
    const body = Buffer.from(request.keep.map((id) => `${id}\n`).join(""));
    const headers = { epoch: String(request.epoch) };
    return { removed: wordsOf(await this.#call({ verb: "prune", headers, body }, context), /^\d{6,12}$/) };
  }

  async #call(request: HostRequest, context: CallContext): Promise<HostReply> {
    const reply = await this.#session.call(request, context);
    if (reply.fields.ok === true) return reply;
    throw toldError(reply);
  }
}

/** The error that an instance told; one that the catalogue does not know is no valid answer. */
const toldError = (reply: HostReply): Error => {
  const read = new ReplyFields(reply.fields, "reply");
  if (read.yes("ok")) throw new TypeError("a reply that is ok is no error");
  const code = read.text("code");
  const message = read.text("message").slice(0, 4000);
  if (!isToldCode(code)) return hostErrors.HWS_HOST_ANSWER([`the code ${JSON.stringify(code.slice(0, 80))}`]);
  const needed = code === "HWS_HOST_BASE_CHANGED" ? wordsOf(reply, /^[!-~]+$/) : [];
  return hostErrors[code]([message], needed.length > 0 ? { details: { needed } } : {});
};

const surveyRequest = ({ users = [], ...headers }: SurveyRequest): HostRequest => {
  if (users.length === 0) return { verb: "survey", headers };
  const lines = users.map(({ user, kind, path }) =>
    path === undefined ? `user ${user}\n` : `${kind} ${user} ${encodeWord(path)}\n`,
  );
  return { verb: "survey", headers, body: Buffer.from(lines.join("")) };
};

const ownershipLines = ({ path, owner, group, mode, adopt }: PathOwnership): readonly string[] =>
  Object.entries({
    owner,
    group,
    mode,
    adopt: adopt === undefined ? undefined : adopt ? "yes" : "no",
  }).flatMap(([what, value]) =>
    value === undefined ? [] : [`path-${what} ${encodeWord(value)} ${encodeWord(path)}\n`],
  );

const reveal = (value: string | Secret): string => (Secret.is(value) ? value.reveal() : value);

const environmentLines = (env: Readonly<Record<string, string | Secret>>): readonly string[] =>
  Object.entries(env).map(([name, value]) => `${name}=${encodeWord(reveal(value))}\n`);

const trustRequest = ({ epoch, application, environment, trust }: TrustRequest): HostRequest => {
  const signers = Buffer.from(trust?.signers ?? "", "latin1");
  const revoked = Buffer.from(trust?.revoked ?? "", "latin1");
  return {
    verb: "trust",
    headers: {
      epoch: String(epoch),
      application,
      environment,
      signers: String(signers.length),
      revoked: String(revoked.length),
      ...(trust === undefined ? { drop: "yes" } : { principal: trust.principal }),
    },
    body: Buffer.concat([signers, revoked]),
  };
};

const checkRequest = (request: CheckRequest): HostRequest => {
  const headerLines = Object.entries(request.headers ?? {}).map(
    ([name, value]) => `header ${encodeWord(`${name}: ${reveal(value)}`)}\n`,
  );
  const envLines = environmentLines(request.env ?? {}).map((line) => `env ${line}`);
  return {
    verb: "check",
    headers: {
      "timeout-ms": String(request.timeoutMs),
      "stable-ms": String(request.stableMs),
      "interval-ms": String(request.intervalMs),
      ...(request.http !== undefined && { http: request.http }),
      ...(request.status !== undefined && { status: String(request.status) }),
      ...(request.body !== undefined && { "body-text": request.body }),
      ...(request.release !== undefined && { release: request.release }),
      ...(request.command !== undefined && {
        command: request.command,
        directory: request.directory ?? "current",
      }),
      ...(request.user !== undefined && { user: request.user }),
    },
    body: Buffer.from([...headerLines, ...envLines].join("")),
  };
};
