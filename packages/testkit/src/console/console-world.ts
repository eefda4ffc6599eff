import { existsSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testDirectory } from "../context.ts";

/** One call of a console, as it was recorded when it ended. */
export interface ConsoleCall {
  readonly program: string;
  /** The first word, as `cache:flush`. */
  readonly command: string;
  readonly argv: readonly string[];
  readonly exit: number;
  /** Why the console did not take it: it has no such command, option or argument. */
  readonly refused?: string;
  /** The instance it ran for; `deployer` where there was none. */
  readonly instance: string;
  /** The release that the command was run for; null on the deployer. */
  readonly release: string | null;
  readonly cwd: string;
  /** The last part of `cwd`. */
  readonly directory: string;
  /** The id of the operating-system user. */
  readonly user: number | null;
  /** When it ended, in ms since 1970. */
  readonly at: number;
}

/** How a command fails, when a test wants it to. */
export interface ConsoleFault {
  readonly exit: number;
  /** It does its work first, and fails then. */
  readonly after?: boolean;
  /** Only there. Default: everywhere. */
  readonly instance?: string;
  /** Only for this release. Default: for all. */
  readonly release?: string;
}

/** The consoles that a world has, each with the list of commands of a named version: see programs/console/README.md. */
export const consoleLists = {
  "bin/magento": "magento.json",
  "bin/console": "shopware.json",
  composer: "composer.json",
} as const;

export type ConsoleProgram = keyof typeof consoleLists;

/** The folder of the stand-in and its lists. */
export const consolePrograms: string = fileURLToPath(new URL("../../programs/console/", import.meta.url));

/** Nothing that a shell reads as anything but itself. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

const php = `#!/bin/sh
# PHP's command line where every script of PHP is one of sh; a text is run by the machine's own.
case \${1-} in
  -r) PATH=\${PATH#*:} exec php "$@" ;;
  -*) echo "no such option here: $1" >&2; exit 2 ;;
  *) exec /bin/sh "$@" ;;
esac
`;

/** A folder where consoles that stand in for an application's own record what they are asked, and keep what is shared. */
export class ConsoleWorld {
  readonly folder: string;
  /** The PATH of commands: `php` and `composer` stand in it before the machine's programs. */
  readonly path: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.path = `${join(folder, "bin")}:${process.env.PATH ?? "/usr/bin:/bin"}`;
  }

  /** Goes away with the test that runs now. */
  static async open(): Promise<ConsoleWorld> {
    const world = new ConsoleWorld(testDirectory("hawser-console-"));
    for (const name of ["bin", "faults", "database", "crontab"]) await mkdir(join(world.folder, name));
    await world.install("php", php);
    await world.install("composer", world.launcher("composer"));
    return world;
  }

  /** Puts a program into the PATH of commands. */
  async install(name: string, text: string): Promise<void> {
    const file = join(this.folder, "bin", name);
    await writeFile(file, text);
    await chmod(file, 0o755);
  }

  /** The text of a script that stands in for a console, or for a script of the application which records its call alone. */
  launcher(program: string): string {
    const list = consoleLists[program as ConsoleProgram];
    const words =
      list === undefined
        ? [join(consolePrograms, "script-stand-in.mjs"), this.folder, program]
        : [join(consolePrograms, "console-stand-in.mjs"), this.folder, join(consolePrograms, list)];
    return `#!/bin/sh\nexec ${[process.execPath, ...words].map(quoted).join(" ")} "$@"\n`;
  }

  /** Every call so far, in the order in which they ended. */
  async calls(): Promise<readonly ConsoleCall[]> {
    const file = join(this.folder, "calls");
    if (!existsSync(file)) return [];
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line));
  }

  /** Forgets the calls so far. */
  async forget(): Promise<void> {
    await rm(join(this.folder, "calls"), { force: true });
  }

  /** Makes a command fail from now on. */
  async fail(command: string, fault: ConsoleFault = { exit: 1 }): Promise<void> {
    await writeFile(this.#fault(command), JSON.stringify(fault));
  }

  /** Lets it succeed again. */
  async mend(command: string): Promise<void> {
    await rm(this.#fault(command), { force: true });
  }

  /** What the database that every instance shares says under this name; empty when nothing. */
  async database(name: string): Promise<string> {
    const file = join(this.folder, "database", name);
    return existsSync(file) ? (await readFile(file, "utf8")).trim() : "";
  }

  /** Lets that database say something under a name. */
  async record(name: string, text: string): Promise<void> {
    await writeFile(join(this.folder, "database", name), `${text}\n`);
  }

  /** The real paths of the releases whose cron jobs run on an instance. */
  async crontab(instance: string): Promise<readonly string[]> {
    const file = join(this.folder, "crontab", instance);
    return existsSync(file) ? Object.values(JSON.parse(await readFile(file, "utf8"))) : [];
  }

  #fault(command: string): string {
    return join(this.folder, "faults", encodeURIComponent(command));
  }
}
