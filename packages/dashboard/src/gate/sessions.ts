import { createHash, randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";

const lifeMs = 12 * 60 * 60_000;
const most = 1_000;

const keyOf = (value: string): string => createHash("sha256").update(value).digest("base64");

/** Who has logged in, while this process lives. What a browser keeps is no token and opens nothing else. */
export class Sessions {
  /** By the digest of what the browser keeps, oldest first: when it ends, on the monotonic clock. */
  readonly #ends = new Map<string, number>();

  /** A new session's value, for a cookie. */
  begin(): string {
    const value = randomBytes(32).toString("base64url");
    this.#ends.set(keyOf(value), performance.now() + lifeMs);
    for (const key of this.#ends.keys()) {
      if (this.#ends.size <= most) break;
      this.#ends.delete(key);
    }
    return value;
  }

  end(value: string): void {
    this.#ends.delete(keyOf(value));
  }

  has(value: string): boolean {
    const key = keyOf(value);
    const end = this.#ends.get(key);
    if (end !== undefined && end > performance.now()) return true;
    this.#ends.delete(key);
    return false;
  }
}
