/** What a download may cost. Not for people: tests lower them. */
export interface DownloadLimits {
  /** Less than 1 KiB in so much waiting is a stream that stands still. Default 30 s. */
  readonly stallMs: number;
  /** Openings in a row that bring less than 1 KiB before the last error counts. Default 5. */
  readonly openings: number;
  /** The longest wait before the second opening; it doubles with each that brings nothing. Default 250 ms. */
  readonly baseDelayMs: number;
  /** Default 10 s. */
  readonly maxDelayMs: number;
  /** The largest file. Default 16 GiB. */
  readonly fileBytes: number;
  /** How many files stay for later downloads. Default 3. */
  readonly keptFiles: number;
}

export const defaultLimits: DownloadLimits = {
  stallMs: 30_000,
  openings: 5,
  baseDelayMs: 250,
  maxDelayMs: 10_000,
  fileBytes: 16 * 2 ** 30,
  keptFiles: 3,
};

/** What counts as moving: a byte now and then would hold a deploy for ever. */
export const leastBytes = 1024;
