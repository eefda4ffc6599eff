import { type Html, html } from "@hawser/report";
import { script } from "../assets/script.ts";
import { style } from "../assets/style.ts";
import { versioned } from "./assets.ts";

const stylePath = versioned("/style.css", style);
const scriptPath = versioned("/live.js", script);

/** Without the script the page loads itself again so often. */
const refreshSeconds = 15;

export interface Crumb {
  readonly text: string;
  readonly path?: string;
}

export interface Shell {
  /** The application. */
  readonly application: string;
  /** From the first page to this one. */
  readonly crumbs: readonly Crumb[];
  readonly body: Html;
  /** Stands above everything, on every page. */
  readonly notice?: Html | undefined;
  /** Who reads it has logged in, and may log out. */
  readonly guarded?: boolean;
  /** It shows what changes. Default true. */
  readonly live?: boolean;
}

const crumbText = ({ text, path }: Crumb): Html =>
  path === undefined
    ? html`<li aria-current="page"><span>${text}</span></li>`
    : html`<li><a href="${path}">${text}</a></li>`;

/** A whole page of the dashboard. */
export const shell = ({ application, crumbs, body, notice, guarded, live = true }: Shell): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${[...[...crumbs].reverse().map(({ text }) => text), ...new Set([application, "Hawser"])].join(" – ")}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${stylePath}">
${live && html`<script src="${scriptPath}" defer></script><noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>`}
</head>
<body${live && html` data-live`}>
<a class="skip" href="#main">Skip to the content</a>
<header class="frame"><nav class="top" aria-label="Where you are"><ol>${[
    { text: application, path: "/" },
    ...crumbs,
  ].map((crumb, index, all) =>
    crumbText(index === all.length - 1 && index > 0 ? { text: crumb.text } : crumb),
  )}</ol><p id="pulse" class="small soft" role="status"></p>${guarded && html`<form method="post" action="/logout"><button class="small">Log out</button></form>`}</nav></header>
<main id="main">
<div id="notice">${notice}</div>
${body}
</main>
</body>
</html>
`.toString();
