import { type Service, serviceSchema } from "@hawser/installer-script";

export interface StaticSiteOptions {
  /** The folder that the build makes, in the tree. Default `dist`. */
  readonly output?: string;
  /** Makes it. Default `npm run build`. */
  readonly build?: string;
  /** The web server, told to read its settings again after the switch. Default: none. */
  readonly server?: Service;
  /** Asked on the instance after the switch; the page has to contain the release's id. Default: nothing is asked. */
  readonly health?: string;
}

export const properties: Readonly<Record<keyof StaticSiteOptions, object>> = {
  output: {
    type: "string",
    // A plain path inside the tree: it stands in the text of a command.
    pattern: "^[A-Za-z0-9_][A-Za-z0-9_-]*(/[A-Za-z0-9_][A-Za-z0-9_-]*)*$",
    default: "dist",
    description: "the folder that the build makes, in the tree",
  },
  build: { type: "string", minLength: 1, default: "npm run build", description: "makes it" },
  server: serviceSchema,
  health: {
    type: "string",
    pattern: "^https?://\\S+$",
    description: "asked on the instance after the switch; the page has to contain the release's id",
  },
};
