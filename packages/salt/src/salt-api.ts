import { HawserError, type HttpAnswer, type HttpClient, type OperationContext } from "@hawser/core/plugin";
import { readBody, returned } from "./answer.ts";
import { errors } from "./errors.ts";
import { addressOf, authoritiesOf, type SaltAccess } from "./options.ts";
import { type Token, tokenOf } from "./token.ts";

/** One call of salt-api: a client, a function of it and its arguments. */
export type LowState = Readonly<Record<string, unknown>>;

const answerBytes = 256 * 1024 * 1024;

/**
 * salt-api of one master.
 * - One login serves every call; it is renewed before it ends, and once when it is refused.
 * - What is not of salt-api (HTML, another shape) is HWS_SALT_ANSWER, never a result.
 */
export class SaltApi {
  readonly #access: SaltAccess;
  readonly #http: HttpClient;
  readonly #baseDirectory: string;
  readonly url: string;
  #authorities: Promise<string | undefined> | undefined;
  #token: Promise<Token> | undefined;

  constructor(
    access: SaltAccess,
    { http, baseDirectory }: { readonly http: HttpClient; readonly baseDirectory: string },
  ) {
    this.#access = access;
    this.#http = http;
    this.#baseDirectory = baseDirectory;
    this.url = addressOf(access);
  }

  /** Makes one call and gives what it returned. */
  async run(low: LowState, context: OperationContext): Promise<unknown> {
    const first = await this.#attempt(low, await this.#login(context), context);
    if (first !== undefined) return first.value;
    // The token may have been thrown away on the master; a call that is not allowed looks just so.
    this.#token = undefined;
    const second = await this.#attempt(low, await this.#login(context), context);
    if (second === undefined)
      throw errors.HWS_SALT_AUTH([this.url, `the call ${String(low["client"])} ${String(low["fun"])}`]);
    return second.value;
  }

  /** Undefined when it is refused. */
  async #attempt(
    low: LowState,
    token: Token,
    context: OperationContext,
  ): Promise<{ readonly value: unknown } | undefined> {
    const answer = await this.#send("/", [low], context, { "X-Auth-Token": token.value });
    if (answer.status === 401 || answer.status === 403) {
      answer.body.destroy();
      return undefined;
    }
    return { value: await this.#value(answer) };
  }

  async #login(context: OperationContext): Promise<Token> {
    const known = this.#token;
    const held = await known?.catch(() => undefined);
    if (held !== undefined && held.until > Date.now()) return held;
    // Of many that find it ended one asks; one whose asking was given up is no reason for the others to fail.
    if (this.#token === known) this.#token = this.#ask(context);
    else return await this.#login(context);
    return await this.#token;
  }

  async #ask(context: OperationContext): Promise<Token> {
    const { username, password, eauth = "pam" } = this.#access;
    const answer = await this.#send("/login", { username, password: password.reveal(), eauth }, context);
    if (answer.status === 401 || answer.status === 403) {
      answer.body.destroy();
      throw errors.HWS_SALT_AUTH([this.url, `the login of ${JSON.stringify(username)} by ${eauth}`]);
    }
    const token = tokenOf(await this.#value(answer));
    if (token === undefined) throw errors.HWS_SALT_ANSWER([this.url, "no token"]);
    return token;
  }

  async #value(answer: HttpAnswer): Promise<unknown> {
    const body = await readBody(answer.body, answerBytes);
    if (answer.status >= 500)
      throw errors.HWS_SALT_AWAY([this.url, `it answered with status ${answer.status}`]);
    if (answer.status !== 200) throw errors.HWS_SALT_ANSWER([this.url, `the status ${answer.status}`]);
    if (body === undefined) throw errors.HWS_SALT_ANSWER([this.url, `more than ${answerBytes} bytes`]);
    const value = returned(body);
    if (value === undefined) throw errors.HWS_SALT_ANSWER([this.url, "what is no answer of salt-api"]);
    return value;
  }

  async #send(
    path: string,
    body: unknown,
    context: OperationContext,
    headers: Readonly<Record<string, Token["value"]>> = {},
  ): Promise<HttpAnswer> {
    context.signal.throwIfAborted();
    this.#authorities ??= authoritiesOf(this.#access.ca, this.#baseDirectory);
    const ca = await this.#authorities;
    try {
      return await this.#http.request(
        {
          url: `${this.url}${path}`,
          method: "POST",
          headers: { accept: "application/json", "content-type": "application/json", ...headers },
          body: JSON.stringify(body),
          ...(ca !== undefined && { ca }),
        },
        context,
      );
    } catch (error) {
      context.signal.throwIfAborted();
      if (!HawserError.is(error) || !error.retryable) throw error;
      throw errors.HWS_SALT_AWAY([this.url, error.message], { cause: error });
    }
  }
}
