import type { IncomingMessage } from "node:http";

/** One call as it came. */
export interface AwsRequest {
  /** Of the credential scope: `elasticloadbalancing`, `autoscaling`, `ec2`. */
  readonly service: string;
  readonly action: string;
  /** The API's version, which tells the two APIs of `elasticloadbalancing` apart. */
  readonly version: string;
  readonly accessKeyId: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** What becomes XML: a list becomes an element for each item. */
export type AwsValue =
  | string
  | number
  | boolean
  | undefined
  | readonly AwsValue[]
  | { readonly [name: string]: AwsValue };

/** An error as AWS words it. */
export class AwsRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const scope = /Credential=([^/]+)\/[0-9]{8}\/[a-z0-9-]+\/([a-z0-9-]+)\/aws4_request/;

/** Reads a form of the Query protocol. The signature is not verified: only what it names is read. */
export const readAwsRequest = async (incoming: IncomingMessage): Promise<AwsRequest> => {
  let body = "";
  for await (const chunk of incoming) body += String(chunk);
  const parameters = new Map(new URLSearchParams(body));
  const [, accessKeyId = "", service = ""] = scope.exec(incoming.headers.authorization ?? "") ?? [];
  const action = parameters.get("Action") ?? "";
  return { service, action, version: parameters.get("Version") ?? "", accessKeyId, parameters };
};

/** The plain values of a list: `Instances.member.1`, or `InstanceId.1` of EC2. */
export const listOf = ({ parameters }: AwsRequest, name: string): readonly string[] => {
  const found: string[] = [];
  for (let at = 1; ; at++) {
    const value = parameters.get(`${name}.${at}`);
    if (value === undefined) return found;
    found.push(value);
  }
};

/** The structures of a list, each by its fields: `Targets.member.1.Id`. */
export const structuresOf = (
  { parameters }: AwsRequest,
  name: string,
): readonly ReadonlyMap<string, string>[] => {
  const found = new Map<number, Map<string, string>>();
  for (const [key, value] of parameters) {
    if (!key.startsWith(`${name}.`)) continue;
    const [at = "", ...field] = key.slice(name.length + 1).split(".");
    const fields = found.get(Number(at)) ?? new Map<string, string>();
    found.set(Number(at), fields.set(field.join("."), value));
  }
  return [...found].sort(([a], [b]) => a - b).map(([, fields]) => fields);
};

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const xmlOf = (value: AwsValue, item: string): string => {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map((each) => `<${item}>${xmlOf(each, item)}</${item}>`).join("");
  if (typeof value !== "object") return escaped(String(value));
  return Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .map(([name, each]) => `<${name}>${xmlOf(each, item)}</${name}>`)
    .join("");
};

const requestId = "00000000-0000-4000-8000-000000000000";

/** An answer in the form of its service: EC2 has one of its own. */
export const awsAnswer = ({ service, action }: AwsRequest, result: AwsValue): string =>
  service === "ec2"
    ? `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>${requestId}</requestId>${xmlOf(result, "item")}</${action}Response>`
    : `<${action}Response xmlns="http://amazonaws.com/doc/"><${action}Result>${xmlOf(result, "member")}</${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${action}Response>`;

export const awsRefusalAnswer = ({ service }: AwsRequest, { code, message }: AwsRefusal): string =>
  service === "ec2"
    ? `<Response><Errors><Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error></Errors><RequestID>${requestId}</RequestID></Response>`
    : `<ErrorResponse xmlns="http://amazonaws.com/doc/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
