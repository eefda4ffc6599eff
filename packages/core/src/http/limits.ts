/** What a request may cost. Not for people: tests lower them. */
export interface HttpLimits {
  /** Until the connection stands, TLS and all. Default 10 s. */
  readonly connectMs: number;
  /** Until the head of the answer; and less than 1 KiB of the body in so much waiting. Default 30 s. */
  readonly stallMs: number;
  /** Of a body. Default 16 GiB. */
  readonly bodyBytes: number;
  /** Redirects that are followed. Default 5. */
  readonly redirects: number;
}

export const defaultLimits: HttpLimits = {
  connectMs: 10_000,
  stallMs: 30_000,
  bodyBytes: 16 * 2 ** 30,
  redirects: 5,
};
