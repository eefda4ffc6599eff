/** What a request asks for. The top level of a config has the empty name. */
export type Route =
  | { readonly page: "home" }
  | { readonly page: "environment"; readonly environment: string; readonly look: boolean }
  | { readonly page: "run"; readonly environment: string; readonly run: string }
  | { readonly page: "diff"; readonly environment: string; readonly from: string; readonly to: string }
  /** The part of a run's look that its own times make. */
  | { readonly page: "ground"; readonly environment: string; readonly run: string }
  | { readonly page: "style" }
  | { readonly page: "script" }
  | { readonly page: "runScript" };

/** What shows something of an environment. */
export type ShownRoute = Exclude<Route, { readonly page: "style" | "script" | "runScript" }>;

const longestTarget = 1_000;
const environmentGrammar =
  /^\/(?:top|environments\/([a-z0-9-]{1,63}))(?:\/(diff|runs\/([0-9]{6,12})(\/ground\.css)?))?$/;
const releaseGrammar = /^[0-9]{6,12}$/;

/** Reads the target of a request; undefined when there is nothing of that name. */
export const routeOf = (target: string): Route | undefined => {
  if (target.length > longestTarget) return undefined;
  const [path = "", query = ""] = target.split("?", 2);
  if (path === "/") return { page: "home" };
  if (path === "/style.css") return { page: "style" };
  if (path === "/live.js") return { page: "script" };
  if (path === "/run.js") return { page: "runScript" };
  const found = environmentGrammar.exec(path);
  if (found === null) return undefined;
  const [, environment = "", below, run, ground] = found;
  const asked = new URLSearchParams(query);
  if (run !== undefined) return { page: ground === undefined ? "run" : "ground", environment, run };
  if (below === undefined) return { page: "environment", environment, look: asked.has("look") };
  const [from, to] = [asked.get("from") ?? "", asked.get("to") ?? ""];
  return releaseGrammar.test(from) && releaseGrammar.test(to)
    ? { page: "diff", environment, from, to }
    : undefined;
};

const placeOf = (environment: string): string =>
  environment === "" ? "/top" : `/environments/${environment}`;

/** Where a page is. */
export const pathOf = (route: Route): string => {
  switch (route.page) {
    case "home":
      return "/";
    case "style":
      return "/style.css";
    case "script":
      return "/live.js";
    case "runScript":
      return "/run.js";
    case "environment":
      return placeOf(route.environment);
    case "run":
      return `${placeOf(route.environment)}/runs/${route.run}`;
    case "ground":
      return `${placeOf(route.environment)}/runs/${route.run}/ground.css`;
    case "diff":
      return `${placeOf(route.environment)}/diff?from=${route.from}&to=${route.to}`;
  }
};
