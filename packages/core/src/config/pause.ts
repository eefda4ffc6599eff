/** How long a rollout pauses: `30s`, `10m`; or by the number of the wave after which it does. */
export type Pause = string | Readonly<Record<string, string>>;

export const pauseGrammar = "^([0-9]{1,6})(ms|s|m|h)$";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

const milliseconds = (text: string): number => {
  const [, number = "0", unit = "s"] = new RegExp(pauseGrammar).exec(text) ?? [];
  return Number(number) * (unitMs[unit] ?? 1000);
};

/** The pause after a wave, in milliseconds; 0 when there is none. */
export const pauseAfter = (pause: Pause | undefined, wave: number): number => {
  const text = typeof pause === "string" ? pause : pause?.[wave];
  return text === undefined ? 0 : milliseconds(text);
};
