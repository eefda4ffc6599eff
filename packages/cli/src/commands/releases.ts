import type { ReleaseSummary, ReleasesRequest } from "@hawser/core";
import { columnsOf } from "../invocation.ts";
import { countOf, pastOf } from "../moment.ts";
import { inEnvironment, operate } from "../operation.ts";
import { type GlobalOptions, given } from "../options.ts";
import { answerResult } from "../outcome.ts";
import { escapeLine } from "../render/escape.ts";
import type { Style } from "../render/style.ts";
import { table } from "../render/table.ts";
import { bytesText, dateText, shortRevision } from "../render/units.ts";
import type { AddCommand } from "./command.ts";

interface ReleasesOptions extends GlobalOptions {
  readonly revision?: string;
  readonly good?: boolean;
  readonly bad?: boolean;
  readonly inService?: boolean;
  readonly since?: string;
  readonly limit?: string;
}

const releaseLines = (releases: readonly ReleaseSummary[], style: Style, columns: number): string[] =>
  releases.length === 0
    ? ["no release is stored"]
    : table<ReleaseSummary>(
        [
          { title: "RELEASE", text: (release) => release.id, paint: style.bold },
          { title: "CREATED", text: (release) => dateText(release.created) },
          { title: "REVISION", text: (release) => escapeLine(shortRevision(release.revision)) },
          { title: "LABEL", text: (release) => escapeLine(release.label ?? ""), spare: 1 },
          { title: "AUTHOR", text: (release) => escapeLine(release.author ?? ""), spare: 3 },
          { title: "SIZE", text: (release) => bytesText(release.sizeBytes), right: true, spare: 2 },
          {
            title: "PROVED",
            text: (release) => (release.bad ? "bad" : release.good ? "good" : ""),
            paint: (text, release) => (release.bad ? style.red(text) : style.green(text)),
          },
          {
            title: "PINNED",
            text: ({ pinned }) =>
              pinned === undefined ? "" : escapeLine(`${pinned.who}${pinned.why ? `: ${pinned.why}` : ""}`),
            spare: 2,
          },
          {
            title: "IN SERVICE",
            text: (release) => escapeLine(release.inService.join(", ")),
            paint: style.green,
          },
        ],
        releases,
        columns,
      );

export const releases: AddCommand = (program, invoke) => {
  program
    .command("releases")
    .description("List the stored releases.")
    .option("--revision <name>", "only of this revision: its label, its name, or how the name begins")
    .option("--good", "only those that were proved")
    .option("--bad", "only those that are marked bad")
    .option("--in-service", "only what the environment has in service")
    .option("--since <time>", "only those made since then: 7d, 12h, or a time with its zone")
    .option("--limit <number>", "how many at most, newest first; default all")
    .action((_own: unknown, command: { optsWithGlobals(): ReleasesOptions }) => {
      const options = command.optsWithGlobals();
      return invoke(options, (invocation) =>
        operate(invocation, "releases", 4, async (operation) => {
          const wanted = requestOf(options);
          const project = await operation.project();
          const engine = await operation.engine(project);
          const stored = await engine.releases({ ...wanted, ...inEnvironment(project) });
          return {
            result: answerResult(operation.subject, 0, { releases: stored }),
            lines: releaseLines(stored, invocation.style, columnsOf(invocation)),
          };
        }),
      );
    });
};

const requestOf = ({ revision, good, bad, inService, since, limit }: ReleasesOptions): ReleasesRequest => ({
  ...given({ revision, good, bad, inService }),
  ...(since !== undefined && { since: pastOf("--since", since) }),
  ...(limit !== undefined && { limit: countOf("--limit", limit) }),
});
