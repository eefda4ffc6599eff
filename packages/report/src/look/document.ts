import { createHash } from "node:crypto";
import { Html, html } from "../html.ts";

/** A whole page, and the policy that allows exactly what is in it. */
export interface Page {
  readonly html: string;
  /** The value of a `Content-Security-Policy` header; the page holds the same for who opens it as a file. */
  readonly policy: string;
}

const digestOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The policy of a page with this style and this script in it, and nothing from anywhere. */
const policyOf = (style: string, script: string): string =>
  [
    "default-src 'none'",
    `style-src ${digestOf(style)}`,
    ...(script === "" ? [] : [`script-src ${digestOf(script)}`]),
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

/** A page that needs nothing else: no file, no network. `style` and `script` are this package's own words. */
export const page = (parts: {
  readonly title: string;
  readonly body: Html;
  readonly style: string;
  readonly script?: string;
}): Page => {
  const { title, body, style, script = "" } = parts;
  const policy = policyOf(style, script);
  const whole = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${Html.trusted(style)}</style>
</head>
<body>
${body}
${script !== "" && html`<script>${Html.trusted(script)}</script>`}
</body>
</html>
`;
  return { html: whole.toString(), policy };
};
