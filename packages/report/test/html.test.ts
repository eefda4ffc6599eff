import { describe, expect, it } from "vitest";
import { html, link } from "../src/html.ts";
import { page } from "../src/look/document.ts";

const hostile = `<script>alert(1)</script>"'\`&--><!--</style>\u202egpj.exe\u0000\u001b[2J\ud800`;
const harmlessForm =
  "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&#96;&amp;--&gt;&lt;!--&lt;/style&gt;\\u202egpj.exe\\x00\\x1b[2J\\ud800";

describe("the template", () => {
  it("escapes every text, between tags and in attributes, and shows controls", () => {
    expect(html`<p title="${hostile}">${hostile}</p>`.toString()).toBe(
      `<p title="${harmlessForm}">${harmlessForm}</p>`,
    );
  });

  it("takes what it made itself as it is, and nothing that only looks like it", () => {
    const inner = html`<b>${"&"}</b>`;
    expect(html`${inner}${[inner, "<"]}`.toString()).toBe("<b>&amp;</b><b>&amp;</b>&lt;");
    const forged = { toString: () => "<script>" } as never;
    expect(() => html`${forged}`.toString()).toThrow();
  });

  it("writes nothing for what is absent, and a zero for a zero", () => {
    expect(html`${undefined}${null}${false}${""}${0}`.toString()).toBe("0");
  });
});

describe("a link", () => {
  it.each(["https://git.example/shop/commit/4f1c2a9", "http://git.example/a?b=1&c=2"])(
    "leads to the web: %s",
    (url) => {
      expect(link(url).toString()).toContain(`<a href="${url.replaceAll("&", "&amp;")}"`);
    },
  );

  it.each([
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "git@github.com:acme/shop.git",
    "//evil.example",
    "memory:source",
    "",
  ])("is only text where it leads elsewhere: %j", (url) => {
    expect(link(url).toString()).not.toContain("<a");
  });
});

describe("a page", () => {
  it("allows its own style and script and nothing else", () => {
    const { html: text, policy } = page({ title: hostile, body: html``, style: "b{}", script: "1" });
    expect(policy).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; img-src data:;/,
    );
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    expect(text).toContain(`<title>${harmlessForm}</title>`);
  });
});
