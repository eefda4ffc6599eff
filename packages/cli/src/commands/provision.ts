import type { Engine, Provision, ProvisionRequest } from "@hawser/core";
import { Option } from "commander";
import { errors } from "../errors.ts";
import { columnsOf } from "../invocation.ts";
import { inEnvironment, operate } from "../operation.ts";
import { durationMs, type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { writePrivate } from "../private-file.ts";
import { problemLines } from "../render/problems.ts";
import type { AddCommand } from "./command.ts";

interface ProvisionOptions extends GlobalOptions {
  readonly out?: string;
  readonly unit?: boolean;
  readonly role?: readonly string[];
  readonly ready?: readonly string[];
  readonly unsigned?: boolean;
  readonly secretsLaid?: boolean;
  readonly secretsCommand?: string;
  readonly publishSecrets?: boolean;
  readonly secretsPublished?: boolean;
  readonly patience?: string;
  readonly path?: string;
  readonly user?: string;
}

const more = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const secretsOf = (options: ProvisionOptions): ProvisionRequest["secrets"] => {
  const { secretsLaid, secretsCommand, publishSecrets, secretsPublished } = options;
  const chosen = [secretsLaid, secretsCommand, publishSecrets ?? secretsPublished].filter(Boolean);
  if (chosen.length > 1)
    throw errors.HWS_CLI_USAGE([
      "--secrets-laid, --secrets-command and published secrets exclude each other",
    ]);
  if (secretsCommand !== undefined) return { command: secretsCommand };
  if (secretsLaid === true) return "laid";
  return publishSecrets === true || secretsPublished === true ? "published" : undefined;
};

const requestOf = (options: ProvisionOptions): ProvisionRequest => {
  const { role, ready, unsigned, path, user, patience } = options;
  const secrets = secretsOf(options);
  return {
    ...given({ ready, unsigned, path, user, secrets }),
    ...(role !== undefined && { roles: role }),
    ...(patience !== undefined && { waitMs: durationMs(patience) }),
  };
};

const publish = async (engine: Engine, environment: { environment?: string }): Promise<readonly string[]> =>
  (await engine.publishSecrets(environment)).names;

export const provision: AddCommand = (program, invoke) => {
  program
    .command("provision")
    .description("Print the script with which new instances provision themselves from storage alone.")
    .option("--out <file>", "write it to a file that only you can read")
    .addOption(new Option("--unit", "print the systemd unit instead").conflicts("out"))
    .option("--role <role>", "a role of these instances (may be given again)", more)
    .option("--ready <command>", "run on a healthy instance, to join it (may be given again)", more)
    .option("--unsigned", "let instances believe whatever storage says")
    .option("--secrets-laid", "the image lays secrets as files")
    .option("--secrets-command <command>", "the image has a command that prints a secret")
    .option("--publish-secrets", "store the secrets now, sealed to `encryption.recipients`")
    .option("--secrets-published", "the secrets are stored already")
    .option("--patience <time>", "how long an instance waits for storage (default: 30m)")
    .option("--path <file>", "where the script will lie on instances")
    .option("--user <user>", "as whom the unit runs it (default: root)")
    .action((_own: unknown, command: { optsWithGlobals(): ProvisionOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "provision", 1, async (operation) => {
          const request = requestOf(options);
          const project = await operation.project();
          const engine = await operation.engine(project);
          const environment = inEnvironment(project);
          const published = options.publishSecrets === true ? await publish(engine, environment) : undefined;
          const made = await engine.provision({ ...request, ...environment });
          if (made.warnings.length > 0)
            invocation.errors.lines(problemLines(made.warnings, invocation.style, columnsOf(invocation)));
          return {
            result: answerResult(operation.subject, 0, {
              ...given({ published }),
              path: made.path,
              unit: made.unit,
              problems: made.warnings,
            }),
            lines: await told(made, options, invocation.surroundings.cwd),
          };
        }),
      );
    });
};

/** The script goes to the file or, as it is, to standard output; never into a result, since it may hold a secret. */
const told = async (made: Provision, { out, unit }: ProvisionOptions, cwd: string): Promise<string[]> => {
  if (unit === true) return made.unit.trimEnd().split("\n");
  const script = made.script.reveal();
  if (out === undefined) return script.trimEnd().split("\n");
  await writePrivate(cwd, out, script);
  return [`wrote ${out}; the unit of \`hawser provision --unit\` expects it at ${made.path}`];
};
