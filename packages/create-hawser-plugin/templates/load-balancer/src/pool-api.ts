import { type HttpClient, type OperationContext, Secret } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { PoolOptions } from "./options.ts";

/** A member as the load balancer tells it. */
export interface Listed {
  readonly id: string;
  readonly admitted: boolean;
  readonly healthy: boolean;
  /** How many requests it serves now. */
  readonly open: number;
}

export type Members = ReadonlyMap<string, Listed>;

const mostLength = 4 * 1024 * 1024;

const isListed = (value: unknown): value is Listed => {
  const { id, admitted, healthy, open } = Object(value) as Partial<Listed>;
  const isFlag = typeof admitted === "boolean" && typeof healthy === "boolean";
  return typeof id === "string" && isFlag && Number.isInteger(open);
};

/** What the load balancer can be asked and told. Each call gives all members, as they are then. */
export class PoolApi {
  readonly #api: string;
  readonly #http: HttpClient;
  readonly #headers: Readonly<Record<string, Secret>>;

  constructor({ api, token }: Pick<PoolOptions, "api" | "token">, http: HttpClient) {
    this.#api = api.replace(/\/*$/, "");
    this.#http = http;
    this.#headers = token === undefined ? {} : { authorization: new Secret(`Bearer ${token.reveal()}`) };
  }

  members(context: OperationContext): Promise<Members> {
    return this.#call("", undefined, context);
  }

  admit(id: string, url: string, context: OperationContext): Promise<Members> {
    return this.#call(`/${encodeURIComponent(id)}`, { url, admitted: true }, context);
  }

  withdraw(id: string, context: OperationContext): Promise<Members> {
    return this.#call(`/${encodeURIComponent(id)}`, { admitted: false }, context);
  }

  cut(id: string, context: OperationContext): Promise<Members> {
    return this.#call(`/${encodeURIComponent(id)}/cut`, {}, context);
  }

  remove(id: string, context: OperationContext): Promise<Members> {
    return this.#call(`/${encodeURIComponent(id)}/remove`, {}, context);
  }

  async #call(path: string, change: object | undefined, context: OperationContext): Promise<Members> {
    const url = `${this.#api}/members${path}`;
    const sent = change && { method: "POST" as const, body: JSON.stringify(change) };
    // No load balancer can refuse who lost the lock: so the lock is asked directly before each change.
    if (change !== undefined) await context.confirm?.();
    const { status, body } = await this.#http.request({ url, headers: this.#headers, ...sent }, context);
    if (status !== 200) {
      body.destroy();
      throw errors.HWS_POOL_STATUS([url, status], { retryable: status >= 500 });
    }
    let answer = "";
    for await (const chunk of body.setEncoding("utf8")) {
      answer += chunk;
      if (answer.length > mostLength) throw errors.HWS_POOL_ANSWER([url]);
    }
    return readMembers(answer, url);
  }
}

const readMembers = (answer: string, url: string): Members => {
  try {
    const list: unknown = JSON.parse(answer);
    if (Array.isArray(list) && list.every(isListed)) return new Map(list.map((each) => [each.id, each]));
  } catch {
    // Said below.
  }
  throw errors.HWS_POOL_ANSWER([url]);
};
