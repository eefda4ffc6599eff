import { type Html, html } from "../html.ts";

/** A sentence of Hawser's, in which commands stand between backticks. */
export const sentence = (text: string): Html => {
  const parts = text.split(/`([^`]{1,200})`/);
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`;
};
