/** What haproxy.cfg says of keeping the states of a backend's servers. */
export interface StateKeeping {
  /** The global `server-state-file`, with its `server-state-base`. */
  readonly file: string | undefined;
  /** Whether the backend loads its servers' states from that file. */
  readonly loads: boolean;
}

const wordsOf = (line: string): string[] =>
  line
    .replace(/(^|\s)#.*$/, "")
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "");

const sections = new Set(
  "global defaults frontend backend listen peers resolvers userlist mailers cache program http-errors ring fcgi-app log-forward".split(
    " ",
  ),
);

const pathOf = (base: string | undefined, file: string | undefined): string | undefined => {
  if (file === undefined || file.startsWith("/") || base === undefined) return file;
  return `${base.replace(/\/$/, "")}/${file}`;
};

/** Reads the lines that matter; undefined where the text names no such backend, and so is another HAProxy's. */
export const stateKeepingOf = (config: string, backend: string): StateKeeping | undefined => {
  let section = "";
  let isBackend = false;
  let found = false;
  let base: string | undefined;
  let file: string | undefined;
  let byDefault: string | undefined;
  let own: string | undefined;
  for (const [key = "", value] of config.split("\n").map(wordsOf)) {
    if (sections.has(key)) {
      section = key;
      isBackend = (key === "backend" || key === "listen") && value === backend;
      if (isBackend) found = true;
      if (isBackend) own = byDefault;
      if (key === "defaults") byDefault = undefined;
    } else if (section === "global" && key === "server-state-base") base = value;
    else if (section === "global" && key === "server-state-file") file = value;
    else if (key === "load-server-state-from-file" && section === "defaults") byDefault = value;
    else if (key === "load-server-state-from-file" && isBackend) own = value;
  }
  return found ? { file: pathOf(base, file), loads: own === "global" } : undefined;
};
