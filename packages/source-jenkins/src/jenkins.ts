import { readFile } from "node:fs/promises";
import type { Readable } from "node:stream";
import type { HttpAnswer, OpenedPart, OperationContext, PluginContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { JenkinsSourceOptions } from "./options.ts";

/** A page of a job with a thousand artifacts has some 200 KiB. */
const maxJsonBytes = 16 * 2 ** 20;

/** Asks Jenkins. What it refuses is an error; what it does not have is undefined. */
export class Jenkins {
  readonly #options: JenkinsSourceOptions;
  readonly #plugin: PluginContext;
  #ca: Promise<string> | undefined;

  constructor(options: JenkinsSourceOptions, plugin: PluginContext) {
    if ((options.username === undefined) !== (options.token === undefined)) {
      const missing = options.username === undefined ? "username" : "token";
      throw errors.HWS_JENKINS_OPTION([missing, "username and token belong together"]);
    }
    this.#options = options;
    this.#plugin = plugin;
  }

  /** The fields of an object of the API. */
  async fields(url: string, tree: string, context: OperationContext): Promise<unknown> {
    const answer = await this.#get(`${url}/api/json?tree=${encodeURIComponent(tree)}`, context);
    if (answer.status === 404) return discard(answer, undefined);
    refuseStatus(url, answer, [200]);
    const type = answer.headers["content-type"] ?? "";
    if (!/^application\/json\b/.test(type)) throw discard(answer, pageInstead(url, answer));
    return parse(url, await readAll(url, answer.body));
  }

  /** A file, from an offset on where the server can. */
  async file(url: string, offset: number, context: OperationContext): Promise<OpenedPart | undefined> {
    const answer = await this.#get(url, context, offset === 0 ? {} : { range: `bytes=${offset}-` });
    if (answer.status === 404) return discard(answer, undefined);
    refuseStatus(url, answer, offset === 0 ? [200] : [200, 206]);
    refuseLoginPage(url, answer);
    const { "content-encoding": coding = "identity", "content-length": length = "" } = answer.headers;
    if (coding !== "identity")
      throw discard(
        answer,
        errors.HWS_JENKINS_ANSWER([url, `the file is encoded as ${coding.slice(0, 40)}`]),
      );
    if (answer.status === 200) {
      const sizeBytes = /^\d{1,15}$/.test(length) ? Number(length) : undefined;
      return { stream: answer.body, offset: 0, ...(sizeBytes !== undefined && { sizeBytes }) };
    }
    const [, from, total] = /^bytes (\d+)-\d+\/(\d{1,15})$/.exec(answer.headers["content-range"] ?? "") ?? [];
    if (Number(from) !== offset)
      throw discard(answer, errors.HWS_JENKINS_ANSWER([url, "another part than was asked for"]));
    return { stream: answer.body, offset, sizeBytes: Number(total) };
  }

  async #get(
    url: string,
    context: OperationContext,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpAnswer> {
    const { username, token, ca } = this.#options;
    this.#ca ??= ca === undefined ? undefined : readAuthorities(ca);
    const authorities = await this.#ca;
    return await this.#plugin.http.request(
      {
        url,
        headers,
        ...(username !== undefined && token !== undefined && { credentials: { username, password: token } }),
        ...(authorities !== undefined && { ca: authorities }),
      },
      context,
    );
  }
}

const readAuthorities = async (path: string): Promise<string> =>
  await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw errors.HWS_JENKINS_OPTION(["ca", `${path} cannot be read (${cause.code})`], { cause });
  });

/** Lets the body go: nobody reads it. */
const discard = <T>({ body }: HttpAnswer, value: T): T => {
  body.destroy();
  return value;
};

const refuseStatus = (url: string, answer: HttpAnswer, accepted: readonly number[]): void => {
  const { status, headers } = answer;
  if (accepted.includes(status)) return;
  discard(answer, undefined);
  if (status === 401) throw errors.HWS_JENKINS_AUTH([url, "the credentials were refused"]);
  if (status === 403) {
    const user = printable(headers["x-you-are-authenticated-as"]);
    const permission = printable(headers["x-required-permission"]);
    if (user === "" || user === "anonymous")
      throw errors.HWS_JENKINS_AUTH([url, "anonymous users may not read it"]);
    throw errors.HWS_JENKINS_DENIED([url, user, permission]);
  }
  if (status === 429 || status >= 500) throw errors.HWS_JENKINS_UNAVAILABLE([url, status]);
  throw errors.HWS_JENKINS_ANSWER([url, `status ${status}`]);
};

const printable = (header: string | undefined): string => /^[\w.@ /-]{1,100}$/.exec(header ?? "")?.[0] ?? "";

/** A page for people where JSON was asked for. */
const pageInstead = (url: string, { headers }: HttpAnswer) =>
  headers["x-jenkins"] === undefined
    ? errors.HWS_JENKINS_ANSWER([url, "a page and not JSON, and no word of Jenkins in its head"])
    : errors.HWS_JENKINS_AUTH([url, "it shows a page instead of its API"]);

/** Whoever is not logged in may be sent to a page, which is answered like a file. */
const refuseLoginPage = (url: string, answer: HttpAnswer): void => {
  const [asked, found] = [new URL(url), new URL(answer.url)];
  if (found.origin === asked.origin && /\/(?:login|securityRealm\/[^/]+)\/?$/.test(found.pathname))
    throw discard(answer, errors.HWS_JENKINS_AUTH([url, "it shows its login page"]));
};

const readAll = async (url: string, body: Readable): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length;
    if (bytes > maxJsonBytes) {
      body.destroy();
      throw errors.HWS_JENKINS_ANSWER([url, `more than ${maxJsonBytes} bytes of JSON`]);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const parse = (url: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw errors.HWS_JENKINS_ANSWER([url, "text that is not JSON"], { cause });
  }
};
