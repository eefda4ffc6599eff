import type { Secret } from "@hawser/core/plugin";
import type { AnyAuthMethod } from "ssh2";
import { errors } from "./errors.ts";
import { type PrivateKey, readPrivateKey } from "./private-key.ts";

/** What a user proves himself with. The agent only signs; it is never forwarded. */
export interface Credentials {
  readonly key?: PrivateKey;
  /** The socket of an SSH agent. */
  readonly agent?: string;
}

/** The agent is asked when the target says so, or when it names no private key and the environment has an agent. */
const agentSocket = (agent: boolean | string | undefined, hasKey: boolean): string | undefined => {
  if (typeof agent === "string") return agent;
  const socket = process.env["SSH_AUTH_SOCK"];
  const found = socket === undefined || socket === "" ? undefined : socket;
  if (agent === true && found === undefined)
    throw errors.HWS_SSH_KEY(["of the agent", "SSH_AUTH_SOCK is not set, so there is no agent to ask"]);
  return (agent ?? !hasKey) ? found : undefined;
};

export const readCredentials = async (wanted: {
  readonly privateKey?: string | Secret;
  readonly agent?: boolean | string;
}): Promise<Credentials> => {
  const key = wanted.privateKey === undefined ? undefined : await readPrivateKey(wanted.privateKey);
  const agent = agentSocket(wanted.agent, key !== undefined);
  return { ...(key !== undefined && { key }), ...(agent !== undefined && { agent }) };
};

export const authMethods = (credentials: Credentials, username: string): readonly AnyAuthMethod[] => [
  ...(credentials.key === undefined
    ? []
    : [{ type: "publickey" as const, username, key: credentials.key.text.reveal() }]),
  ...(credentials.agent === undefined
    ? []
    : [{ type: "agent" as const, username, agent: credentials.agent }]),
];

/** What is tried, for the error message. */
export const describeCredentials = (credentials: Credentials): string => {
  const tried = [
    ...(credentials.key === undefined ? [] : [`the key ${credentials.key.where}`]),
    ...(credentials.agent === undefined ? [] : ["the keys of the agent"]),
  ];
  return tried.length === 0 ? "nothing (no `privateKey`, and no agent)" : tried.join(" and ");
};
