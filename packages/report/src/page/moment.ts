import { type Html, html } from "../html.ts";

const two = (value: number): string => String(value).padStart(2, "0");

/** `2026-11-28 17:36:53 UTC`: a page is read in more places than one. */
export const utcText = (time: number): string => {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "unknown";
  const day = [date.getUTCFullYear(), two(date.getUTCMonth() + 1), two(date.getUTCDate())].join("-");
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  return `${day} ${clock} UTC`;
};

export const moment = (time: number): Html => {
  const text = utcText(time);
  return text === "unknown"
    ? html`${text}`
    : html`<time class="num" datetime="${new Date(time).toISOString()}">${text}</time>`;
};
