import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a role's credentials are, as the service words them. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Stands in for the instance metadata service of EC2: none is to be had outside of AWS. */
export interface ImdsStandIn extends AsyncDisposable {
  readonly endpoint: string;
  /** Requests as `METHOD path status`. */
  readonly requests: readonly string[];
  /** Hands out other credentials from now on; undefined: the machine has no role. */
  hold(credentials: RoleCredentials | undefined): void;
  /** Says something else than the credentials. */
  say(body: string): void;
}

const role = "shop-instance";
const roles = "/latest/meta-data/iam/security-credentials/";

/**
 * Starts it on a random port of loopback, or of another address of this machine. Written from AWS's documentation of IMDSv2: a token is asked for by PUT with
 * its life in seconds (1 to 21600, else 400); every GET without a token that was given out is 401; a machine without a
 * role is 404; a request through a proxy (`X-Forwarded-For`) gets no token.
 */
export const startImdsStandIn = async (first?: RoleCredentials, host = "127.0.0.1"): Promise<ImdsStandIn> => {
  const tokens = new Set<string>();
  const requests: string[] = [];
  let held = first;
  let said: string | undefined;
  const credentials = ({ accessKeyId, secretAccessKey, sessionToken }: RoleCredentials): string =>
    JSON.stringify(
      {
        Code: "Success",
        LastUpdated: new Date().toISOString(),
        Type: "AWS-HMAC",
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: new Date(Date.now() + 3_600_000).toISOString(),
      },
      null,
      2,
    );
  const tokenFor = (headers: IncomingMessage["headers"]): readonly [number, string] => {
    if (headers["x-forwarded-for"] !== undefined) return [403, ""];
    const seconds = Number(headers["x-aws-ec2-metadata-token-ttl-seconds"]);
    if (!(Number.isInteger(seconds) && seconds >= 1 && seconds <= 21_600)) return [400, ""];
    const token = randomBytes(40).toString("base64");
    tokens.add(token);
    return [200, token];
  };
  const answer = ({ method, url, headers }: IncomingMessage): readonly [number, string] => {
    if (method === "PUT" && url === "/latest/api/token") return tokenFor(headers);
    if (!tokens.has(String(headers["x-aws-ec2-metadata-token"]))) return [401, ""];
    if (held === undefined) return [404, ""];
    if (url === roles) return [200, role];
    return url === roles + role ? [200, said ?? credentials(held)] : [404, ""];
  };
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const [status, body] = answer(request);
    requests.push(`${request.method} ${request.url} ${status}`);
    response.writeHead(status, { "content-type": "text/plain" });
    response.end(body);
  });
  server.listen(0, host);
  await once(server, "listening");
  return {
    endpoint: `http://${host}:${(server.address() as AddressInfo).port}`,
    requests,
    hold: (credentials) => {
      held = credentials;
      said = undefined;
    },
    say: (body) => {
      said = body;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
