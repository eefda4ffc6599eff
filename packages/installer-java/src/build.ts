import type { NamedCommand } from "@hawser/installer-script";
import type { BuildOptions, JavaInstallerOptions } from "./options.ts";
import { words } from "./shell-text.ts";

/** The tool that the application brings (`mvnw`, `gradlew`) goes before the machine's. */
const tools: Readonly<Record<BuildOptions["tool"], { wrapper: string; argv: string[]; extra: string[] }>> = {
  maven: { wrapper: "mvnw", argv: ["mvn", "-B", "-ntp", "package"], extra: ["-DskipTests"] },
  gradle: { wrapper: "gradlew", argv: ["gradle", "--no-daemon", "--console=plain", "assemble"], extra: [] },
};

/** Makes the archive, once on the deployer. */
export const buildCommands = (build: JavaInstallerOptions["build"]): readonly NamedCommand[] => {
  if (build === undefined) return [];
  const { tool, arguments: given } = typeof build === "string" ? { tool: build } : build;
  const { wrapper, argv, extra } = tools[tool];
  const [program = tool, ...rest] = argv;
  const run = `set -- ${words([...rest, ...(given ?? extra)])}
if [ -f ${wrapper} ]; then exec sh ./${wrapper} "$@"; fi
exec ${program} "$@"`;
  return [{ name: "build", run, timeoutMs: 30 * 60_000 }];
};
