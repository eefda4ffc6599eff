import { type Html, html, link } from "@hawser/report";

/** An environment as people call it. */
export const nameOf = (environment: string): string => (environment === "" ? "top level" : environment);

const two = (value: number): string => String(value).padStart(2, "0");

/** A moment, in UTC; the script of the page says instead how long ago it was. */
export const moment = (time: number): Html => {
  const date = new Date(Math.min(Math.max(0, time), 8.64e15));
  const day = [date.getUTCFullYear(), two(date.getUTCMonth() + 1), two(date.getUTCDate())].join("-");
  const text = `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} UTC`;
  return html`<time datetime="${date.toISOString()}">${text}</time>`;
};

/** Who did something, where, and in which job. */
export const personText = ({
  who,
  host,
  ci,
}: {
  readonly who: string;
  readonly host?: string;
  readonly ci?: string;
}): Html =>
  html`${who}${host !== undefined && ` on ${host}`}${ci !== undefined && html` (${link(ci, "job")})`}`;

/** One fact of a list of them; nothing for one that is not known. */
export const fact = (name: string, value: Html | string | number | undefined | false): Html | false =>
  value !== undefined && value !== false && html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
