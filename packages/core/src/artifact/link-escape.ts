import { parentOf } from "./name.ts";

/** As many links as a kernel follows; a longer chain, or a loop, leads nowhere and so not outside. */
const maxHops = 40;
/** More parts than an honest chain of links has. */
const maxSteps = 1024;

/**
 * Whether a symbolic link of a tree leads out of it, followed through the tree's other links.
 * A target that does not exist is followed by its text alone. Names and targets have one character a byte.
 */
export const linkLeaves = (links: ReadonlyMap<string, string>, name: string): boolean => {
  const parent = parentOf(name);
  const at = parent === "" ? [] : parent.split("/");
  const ahead: string[] = [];
  const follow = (target: string): void => {
    for (const part of target.split("/").reverse()) ahead.push(part);
  };
  const own = links.get(name) ?? "";
  if (own.startsWith("/")) return true;
  follow(own);
  for (let hops = 0, steps = 0; ahead.length > 0; steps += 1) {
    if (steps > maxSteps) return true;
    const part = ahead.pop();
    if (part === undefined || part === "" || part === ".") continue;
    if (part === "..") {
      if (at.pop() === undefined) return true;
      continue;
    }
    at.push(part);
    const target = links.get(at.join("/"));
    if (target === undefined) continue;
    if (target.startsWith("/")) return true;
    hops += 1;
    if (hops > maxHops) return false;
    at.pop();
    follow(target);
  }
  return false;
};
