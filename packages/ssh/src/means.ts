import { type Credentials, readCredentials } from "./credentials.ts";
import { type SshTarget, wayTo } from "./target.ts";
import { type Trust, trustKeys, trustKnownHosts } from "./trust.ts";

/** What is needed to come to a server and to believe it. */
export interface Means {
  readonly trust: Trust;
  readonly credentials: Credentials;
}

/** Reads everything that a target names, without connecting to anything; throws what is wrong with it. */
export const checkMeans = async (target: SshTarget): Promise<void> => {
  wayTo(target);
  await readCredentials(target);
  await trustKnownHosts(target.knownHosts);
  if (target.hostKeys !== undefined) trustKeys(target.hostKeys);
};

/** The means for the target, and those for its jump hosts, which the inventory does not know. */
export const readMeans = async (target: SshTarget, jumps: boolean): Promise<{ to: Means; jumps: Means }> => {
  const { password, ...others } = target;
  const credentials = await readCredentials(target);
  const jumpCredentials = password === undefined ? credentials : await readCredentials(others);
  const files = jumps || target.hostKeys === undefined;
  const known = files ? await trustKnownHosts(target.knownHosts) : trustKeys([]);
  const trust = target.hostKeys === undefined ? known : trustKeys(target.hostKeys);
  return { to: { trust, credentials }, jumps: { trust: known, credentials: jumpCredentials } };
};
