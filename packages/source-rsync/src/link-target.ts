/** As many links as a kernel follows; a longer chain, or a loop, leads nowhere and so not outside. */
const mostHops = 40;

const partsOf = (path: string): string[] => path.split("/").filter((part) => part !== "" && part !== ".");

/**
 * Whether a link of a tree leads out of it, also by way of the tree's other links.
 *
 * @param links paths and targets of all links of the tree.
 */
export const linkLeaves = (links: ReadonlyMap<string, string>, path: string): boolean => {
  const here = partsOf(path);
  const ahead = [here.pop() ?? ""];
  let hops = 0;
  for (let part = ahead.shift(); part !== undefined; part = ahead.shift()) {
    if (part === ".." && here.length === 0) return true;
    if (part === "..") {
      here.pop();
      continue;
    }
    const target = links.get([...here, part].join("/"));
    if (target === undefined) {
      here.push(part);
      continue;
    }
    hops += 1;
    if (target.startsWith("/")) return true;
    if (hops > mostHops) return false;
    ahead.unshift(...partsOf(target));
  }
  return false;
};
