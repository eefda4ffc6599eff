import type { HttpAnswer, OperationContext, PluginContext } from "@hawser/core/plugin";
import { Secret } from "@hawser/core/plugin";
import { s3Errors as errors } from "@hawser/s3";

/** What the SDK hands over to be sent. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
}

interface SdkOptions {
  readonly abortSignal?: unknown;
}

/** How the SDK sends: see `requestHandler` of its clients. */
export interface RequestHandler {
  handle(request: SdkRequest, options?: SdkOptions): Promise<{ readonly response: SdkResponse }>;
  updateHttpClientConfig(): void;
  httpHandlerConfigs(): Record<string, never>;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: HttpAnswer["body"];
}

const secretHeaders = new Set(["authorization", "x-amz-security-token"]);

/**
 * Sends the SDK's requests by the engine's client, which has the rules for proxies, addresses, certificates and silent
 * servers. `ca` is the text of the trusted certificates.
 */
export const requestHandler = (
  plugin: PluginContext,
  { bucket, ca }: { readonly bucket: string; readonly ca: string | undefined },
): RequestHandler => ({
  handle: async (request, options = {}) => {
    const url = urlOf(request);
    const answer = await plugin.http.request(
      {
        url,
        method: request.method === "HEAD" ? "HEAD" : "GET",
        headers: headersOf(request),
        ...(ca !== undefined && { ca }),
      },
      contextOf(plugin, options),
    );
    // A store sends on to another one when the region is wrong; a signature is good for one host only.
    if (new URL(answer.url).origin !== new URL(url).origin) {
      answer.body.destroy();
      throw errors.HWS_S3_REGION([bucket, undefined]);
    }
    return { response: { statusCode: answer.status, headers: { ...answer.headers }, body: answer.body } };
  },
  updateHttpClientConfig: () => {},
  httpHandlerConfigs: () => ({}),
});

const contextOf = (plugin: PluginContext, { abortSignal }: SdkOptions): OperationContext => ({
  signal: abortSignal instanceof AbortSignal ? abortSignal : plugin.signal,
  logger: plugin.logger,
  progress: () => {},
});

const headersOf = ({ headers }: SdkRequest): Record<string, string | Secret> => {
  const sent = Object.entries(headers).filter(([name]) => name.toLowerCase() !== "host");
  return Object.fromEntries(
    sent.map(([name, value]) => [name, secretHeaders.has(name.toLowerCase()) ? new Secret(value) : value]),
  );
};

const urlOf = ({ protocol, hostname, port, path, query }: SdkRequest): string => {
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  const pairs = Object.keys(query).flatMap((name) => {
    const value = query[name] ?? "";
    const values: readonly string[] = typeof value === "string" ? [value] : value;
    return values.map((one) => `${encode(name)}=${encode(one)}`);
  });
  return `${protocol}//${host}${path}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`;
};

/** As it is signed: everything but RFC 3986's unreserved characters. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
