import { Secret } from "@hawser/core/plugin";
import { isAnswer } from "./answer.ts";

/** What a login gave: good until shortly before its end, by this machine's clock. */
export interface Token {
  readonly value: Secret;
  readonly until: number;
}

/** A token is renewed this long before it ends, so that none ends on its way. */
const marginMs = 60_000;

/** Its life is counted from now on: the clocks of master and deployer may differ. */
export const tokenOf = (login: unknown): Token | undefined => {
  if (!isAnswer(login)) return undefined;
  const { token, start, expire } = login;
  if (typeof token !== "string" || !/^[A-Za-z0-9_-]{8,256}$/.test(token)) return undefined;
  const lifeMs = typeof start === "number" && typeof expire === "number" ? (expire - start) * 1000 : 0;
  const life = Number.isFinite(lifeMs) ? Math.min(Math.max(lifeMs, 0), 24 * 3_600_000) : 0;
  return { value: new Secret(token), until: Date.now() + Math.max(life - marginMs, life / 2) };
};
