import type { PluginContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { remoteEnvironment } from "./git-environment.ts";
import type { GitUrl } from "./git-url.ts";
import type { MirrorPlace } from "./mirror.ts";
import type { GitSourceOptions } from "./options.ts";

/** Refuses credentials that the URL's protocol would silently leave unused. */
export const checkAccess = (options: GitSourceOptions, url: GitUrl): void => {
  const only = { https: ["token", "ca"], ssh: ["privateKey", "knownHosts"] } as const;
  for (const [protocol, names] of Object.entries(only)) {
    for (const name of names) {
      if (options[name] === undefined || url.protocol === protocol) continue;
      throw errors.HWS_GIT_OPTION([name, `it is for ${protocol}, and the URL is ${url.shown}`]);
    }
  }
};

const sameServer = (a: GitUrl, b: GitUrl): boolean =>
  a.protocol === b.protocol && a.host === b.host && a.port === b.port;

/** What it takes to fetch from `url`. The token goes to the repository's own server and to no other. */
export const placeOf = async (
  plugin: PluginContext,
  options: GitSourceOptions,
  { own, url }: { readonly own: GitUrl; readonly url: GitUrl },
): Promise<MirrorPlace> => {
  const { token, ...others } = options;
  const known = sameServer(own, url);
  const access = known && token !== undefined ? { ...others, token } : others;
  const user = url.user ?? (known ? own.user : undefined);
  const named = user === undefined ? url : { ...url, user };
  return {
    cacheDirectory: plugin.cacheDirectory,
    url,
    spawn: (file, argv, more) => plugin.spawn(file, argv, more),
    remote: await remoteEnvironment(access, named, plugin.cacheDirectory),
    kind: "trees",
  };
};
