import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { Secret } from "@hawser/core/plugin";
import { errors } from "../errors.ts";

const grammar = /^[!-~]{20,200}$/;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** What opens a dashboard that others can reach. */
export class Token {
  readonly #digest: Buffer;
  /** Set when nobody gave one: it is to be told once. */
  readonly made: Secret | undefined;

  private constructor(value: string, made: Secret | undefined) {
    this.#digest = digest(value);
    this.made = made;
  }

  /** One that is too easy to guess, or cannot stand in a header, is `HWS_DASHBOARD_TOKEN`. */
  static of(given: Secret | undefined): Token {
    if (given === undefined) {
      const value = randomBytes(32).toString("base64url");
      return new Token(value, new Secret(value));
    }
    const value = given.reveal();
    if (value.length < 20) throw errors.HWS_DASHBOARD_TOKEN(["is too short: it could be guessed"]);
    if (!grammar.test(value))
      throw errors.HWS_DASHBOARD_TOKEN(["is too long, or has characters that no header takes"]);
    return new Token(value, undefined);
  }

  /** Takes as long for a wrong one as for the right one. */
  is(offered: string): boolean {
    return timingSafeEqual(digest(offered), this.#digest);
  }
}
