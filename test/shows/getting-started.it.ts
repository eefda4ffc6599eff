import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { CodeBlock } from "../docs/code-blocks.ts";
import { built } from "./built.ts";
import { openAccount } from "./pages/account.ts";
import { seedClone } from "./pages/clone.ts";
import { follow } from "./pages/follow.ts";
import { startServers } from "./pages/servers.ts";
import { PageShell } from "./pages/shell.ts";
import { repository } from "./place.ts";

const limitMs = 600_000;
const first = "start/index.md";
const own = { HAWSER_REPOSITORY: repository };

const isGettingHawser = (heading: string): boolean => heading === "Get Hawser";

const isPreparing = (heading: string): boolean => heading === "What you have";

let home: string;
/** Where the clone of the first page lies. */
let cloned: string;

/** A reader who has nothing but what the pages ask for; npm asks nobody, since the clone has what it needs. */
const environment = () => ({
  PATH: process.env.PATH ?? "",
  HOME: join(home, "home"),
  LANG: "C.UTF-8",
  npm_config_offline: "true",
  npm_config_update_notifier: "false",
});

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "hawser-reader-"));
  cloned = join(home, "cloned");
  await mkdir(join(home, "home"));
  await mkdir(cloned);
  await built();
  await using shell = new PageShell({ cwd: cloned, env: environment(), alone: true });
  const seed = async (): Promise<void> => {
    const clone = join(cloned, "hawser");
    if (existsSync(clone) && !existsSync(join(clone, "node_modules"))) await seedClone(clone);
  };
  await follow({ page: first, shell, own, chapters: isGettingHawser, meanwhile: seed });
}, limitMs);
afterAll(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

/** A folder of one's own that has the clone beside it. */
const beside = async (name: string): Promise<string> => {
  const folder = join(home, name);
  await mkdir(folder);
  await symlink(join(cloned, "hawser"), join(folder, "hawser"));
  return folder;
};

describe.concurrent("who copies the lines of a page as they stand sees what the page says", () => {
  it(
    "on one machine",
    async () => {
      await using shell = new PageShell({ cwd: await beside("one"), env: environment(), alone: true });
      await follow({ page: first, shell, chapters: (heading) => !isGettingHawser(heading) });
    },
    limitMs,
  );

  it(
    "on servers of one's own behind HAProxy",
    async () => {
      await using servers = await startServers();
      const cwd = await beside("servers");
      await using shell = new PageShell({ cwd, env: environment() });
      const page = "start/servers.md";
      await follow({ page, shell, own: { ...own, ...servers.own }, chapters: isPreparing });
      await follow({ page: first, shell, chapters: (heading) => heading === "An application" });
      const file = (name: string): string => join(cwd, "hello", name);
      // What the page asks for that no line of it does: it needs a password, or root.
      const meanwhile = async ({ text }: CodeBlock): Promise<void> => {
        if (text.startsWith("ssh-keyscan")) await servers.letIn(file("deploy_key.pub"));
        if (text.startsWith("npx hawser doctor")) await servers.balance(file("haproxy.cfg"));
      };
      const chapters = (heading: string): boolean => !isPreparing(heading);
      await follow({ page, shell, own: servers.own, chapters, meanwhile });
    },
    limitMs,
  );

  it(
    "on AWS",
    async () => {
      const cwd = await beside("aws");
      await using account = await openAccount(join(cwd, "hello"));
      await using shell = new PageShell({ cwd, env: { ...environment(), ...account.env } });
      const page = "start/aws.md";
      await follow({ page, shell, own: { ...own, ...account.own }, chapters: isPreparing });
      await follow({ page: first, shell, chapters: (heading) => heading === "An application" });
      // What the page asks for that no line of it does.
      const meanwhile = async ({ chapter, text }: CodeBlock): Promise<void> => {
        if (chapter === "Keys" && text.includes("deploy_key")) await shell.run(await account.grantDeployer());
        if (chapter === "The config") await account.letIn();
        if (text.startsWith("npx hawser reconcile")) await account.grow();
      };
      const chapters = (heading: string): boolean => !isPreparing(heading);
      await follow({ page, shell, own: account.own, chapters, meanwhile });
    },
    limitMs,
  );

  it(
    "in a script of one's own",
    async () => {
      await using shell = new PageShell({ cwd: await beside("library"), env: environment(), alone: true });
      await follow({ page: "guide/library.md", shell });
    },
    limitMs,
  );
});
