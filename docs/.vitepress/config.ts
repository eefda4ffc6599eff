import { defineConfig } from "vitepress";
import { checkSite } from "./built-links.ts";
import { anchorOf, linksOfSite } from "./links.ts";
import { writePages } from "./pages.ts";
import { sidebars } from "./sidebar.ts";
import { address } from "./tree.ts";

await writePages();

export default defineConfig({
  title: "Hawser",
  description: "Deploys an application to any number of instances, and puts every one back when it fails.",
  lang: "en",
  // There is no picture for a browser's tab, and none is to be asked for.
  head: [["link", { rel: "icon", href: "data:," }]],
  rewrites: (page) => page.replace(/(^|\/)README\.md$/, "$1index.md"),
  markdown: {
    anchor: { slugify: anchorOf },
    languageAlias: { haproxy: "nginx" },
    config: (markdown) => {
      linksOfSite(markdown);
      // What a page says in double braces is text, not an expression of the page's own.
      const { text } = markdown.renderer.rules;
      markdown.renderer.rules.text = (...given) => (text?.(...given) ?? "").replaceAll("{{", "&#123;&#123;");
    },
  },
  // The pages of the programming interface are as long as it is.
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  buildEnd: ({ outDir }) => checkSite(outDir),
  themeConfig: {
    nav: [
      { text: "Guides", link: "/guide/rollout", activeMatch: "^/(guide|start|concepts|compare)" },
      { text: "Plugins", link: "/plugins/", activeMatch: "^/plugins/" },
      { text: "Reference", link: "/reference/cli", activeMatch: "^/(reference|policies|libraries)/" },
      { text: "Decisions", link: "/adr/", activeMatch: "^/adr/" },
    ],
    sidebar: sidebars(),
    outline: [2, 3],
    search: {
      provider: "local",
      options: {
        miniSearch: {
          searchOptions: {
            // The programming interface says most words most often; who searches wants a guide first.
            boostDocument: (page: string) => (page.startsWith("/reference/api/") ? 0.2 : 1),
          },
        },
      },
    },
    socialLinks: [{ icon: "github", link: address, ariaLabel: "The repository" }],
  },
});
