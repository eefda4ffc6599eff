import type { Secret } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { type PrivateKey, readPrivateKey } from "./private-key.ts";

/** What a user proves himself with. The agent only signs; it is never forwarded. */
export interface Credentials {
  readonly key?: PrivateKey;
  /** The socket of an SSH agent. */
  readonly agent?: string;
  readonly password?: Secret;
}

/** The agent is asked when the target says so, or when it names nothing else and the environment has an agent. */
const agentSocket = (agent: boolean | string | undefined, hasOther: boolean): string | undefined => {
  if (typeof agent === "string") return agent;
  const socket = process.env["SSH_AUTH_SOCK"];
  const found = socket === undefined || socket === "" ? undefined : socket;
  if (agent === true && found === undefined)
    throw errors.HWS_SSH_KEY(["of the agent", "SSH_AUTH_SOCK is not set, so there is no agent to ask"]);
  return (agent ?? !hasOther) ? found : undefined;
};

export const readCredentials = async (wanted: {
  readonly privateKey?: string | Secret;
  readonly agent?: boolean | string;
  readonly password?: Secret;
}): Promise<Credentials> => {
  const key = wanted.privateKey === undefined ? undefined : await readPrivateKey(wanted.privateKey);
  const { password } = wanted;
  const agent = agentSocket(wanted.agent, key !== undefined || password !== undefined);
  return {
    ...(key !== undefined && { key }),
    ...(agent !== undefined && { agent }),
    ...(password !== undefined && { password }),
  };
};

/** What is tried, for the error message. */
export const describeCredentials = (credentials: Credentials): string => {
  const tried = [
    ...(credentials.key === undefined ? [] : [`the key ${credentials.key.where}`]),
    ...(credentials.agent === undefined ? [] : ["the keys of the agent"]),
    ...(credentials.password === undefined ? [] : ["the password"]),
  ];
  return tried.length === 0 ? "nothing (no `privateKey`, and no agent)" : tried.join(" and ");
};
