import type { RunEvent } from "@hawser/core";
import { runEvents } from "@hawser/testkit";
import { contractTypes, type DocumentedField, type DocumentedType } from "./contract-types.ts";

const types = contractTypes();

const typeOf = (name: string): DocumentedType => {
  const found = types.get(name);
  if (found === undefined) throw new Error(`the contracts have no type ${name}`);
  return found;
};

/** The interface of each event, in the order of the union. */
export const eventTypeNames = (): string[] => (typeOf("RunEvent").alias ?? "").split(" | ");

/** What a result and the answers of other verbs are made of, in the order of the page. */
export const partNames: readonly string[] = [
  "RunResult",
  "InstanceResult",
  "ErrorReport",
  "FileChange",
  "HoldReport",
  "MaintenanceReport",
  "DrainReport",
  "ReleaseSummary",
  "PinReport",
  "HistoryEntry",
  "LogEntry",
  "DiffAnswer",
  "DiffSide",
  "Change",
  "Problem",
  "FsckReport",
  "FsckProblem",
];

/** Words that a field may be, explained by the comment of their type. */
const wordNames: readonly string[] = ["Outcome", "ExitCode", "InstanceState", "MemberState"];

/** What the last line of `--json` has beside the fields of every result, and the method of the engine that gives the same. */
const answers: readonly (readonly [verb: string, fields: string, method: string])[] = [
  ["releases", "`releases`: `ReleaseSummary[]`", "`engine.releases()`"],
  ["history", "`history`: `HistoryEntry[]`", "`engine.history()`"],
  [
    "logs",
    "`entries`: how many; each before it as an `output` line with `run`",
    "`engine.logs()`: `LogEntry`",
  ],
  [
    "diff",
    "`changes`: `FileChange[]`, `commits`: `Change[]`, `sides`: two `DiffSide`, `unknown`",
    "`engine.diff()`: `DiffAnswer`",
  ],
  ["doctor", "`problems`: `Problem[]`", "`engine.doctor()`"],
  ["fsck", "`problems`: `FsckProblem[]`", "`engine.fsck()`: `FsckReport`"],
  ["pin, unpin", "`pin`: `PinReport`", "`engine.pin()`, `engine.unpin()`"],
  ["hold, unhold", "`hold`: `HoldReport`", "`engine.hold()`, `engine.unhold()`"],
  ["plan --steps", "`steps`, `commands`, `check`: the table of a deploy", "`engine.steps()`: `FlowReport`"],
  ["plan", "`plan`, `changes`, `bytes` of the result", "`engine.plan()`"],
  [
    "exec, maintenance",
    "`log` of the result: the id of the output",
    "`engine.exec()`, `engine.maintenance()`",
  ],
  ["validate, plugin check", "`problems`: `Problem[]`", "`inspectConfig()`, `checkPlugin()`"],
  ["config, schema", "`config` and `values`; `schema`", "`describeConfig()`, `configSchema()`"],
  ["init, provision, completion", "`file`; `file` or `script`; `script`", "`engine.provision()`"],
  ["status", "the result itself", "`engine.status()`"],
];

const anchor = (name: string): string => name.toLowerCase();

const linkable = (): ReadonlySet<string> => new Set([...partNames, ...wordNames]);

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** A type as code, with a link where the page explains it. */
const typeCell = (type: string): string => {
  const name = type.replace(/\[\]$/, "");
  const shown = `\`${cell(type)}\``;
  return linkable().has(name) ? `[${shown}](#${anchor(name)})` : shown;
};

const fieldTable = (fields: readonly DocumentedField[]): string[] => [
  "| field | type | meaning |",
  "| --- | --- | --- |",
  ...fields.map(
    ({ name, type, optional, doc }) =>
      `| \`${name}\`${optional ? " (may be absent)" : ""} | ${typeCell(type)} | ${cell(doc)} |`,
  ),
];

/** Which type an event is of says its title. */
const withoutType = ({ fields }: DocumentedType): DocumentedField[] =>
  fields.filter(({ name }) => name !== "type");

const paragraphs = (doc: string): string[] =>
  doc.split("\n").flatMap((line, index, all) => {
    const inList = line.startsWith("- ") && all[index - 1]?.startsWith("- ") === true;
    return inList || index === 0 ? [line] : ["", line];
  });

const literalOf = ({ fields }: DocumentedType): string =>
  (fields.find(({ name }) => name === "type")?.type ?? "").replaceAll('"', "");

const exampleOf = (type: string): RunEvent => {
  const found = runEvents.find((event) => event.type === type);
  if (found === undefined) throw new Error(`runEvents of the testkit has no ${type}`);
  return found;
};

const eventSection = (name: string): string[] => {
  const type = typeOf(name);
  const literal = literalOf(type);
  const result = literal === "result";
  return [
    `### ${literal}`,
    "",
    ...paragraphs(type.doc),
    "",
    ...(result ? ["`time`, and the fields of a [result](#runresult)."] : fieldTable(withoutType(type))),
    "",
    "```json",
    JSON.stringify(exampleOf(literal)),
    "```",
    "",
  ];
};

const partSection = (name: string): string[] => {
  const type = typeOf(name);
  return [`### ${name}`, "", ...paragraphs(type.doc), "", ...fieldTable(withoutType(type)), ""];
};

const wordSection = (name: string): string[] => {
  const { doc, alias = "" } = typeOf(name);
  return [`### ${name}`, "", `\`${alias}\``, "", ...paragraphs(doc), ""];
};

const introduction = `# Events and results

Made from the types that \`@hawser/core\` exports (\`RunEvent\`, \`RunResult\` and what they are made of).

Everything that is asked of Hawser is told as a stream of events. The first is \`start\`, the last is \`result\`, whatever fails.
There are four ways to hear them:

| who | how |
| --- | --- |
| a script | \`hawser deploy --json\`: one event a line on standard output, and nothing else |
| a program in TypeScript | \`for await (const event of engine.deploy())\` ([the engine as a library](../guide/library.md)) |
| a [listener](../guide/notifications.md) in the config | each event with the moments that it means |
| who comes later | \`engine.events({ run })\`: what was told is kept in storage with the run, all but \`progress\` and \`output\` |

Texts are redacted before anybody hears them. They may come from an instance, a source or a person: escape them for where they are
shown. A slow reader may miss \`progress\` and \`output\`, nothing else.

## Versions

\`start\` says \`schema: 1\`. With the same number

- a field keeps its name, its type and its unit; one that is always there stays so,
- types of events, fields and words such as an instance's \`state\` may be added in any version: ignore those that you do not know,
- messages, hints and details are for people and may change; codes stay.

Whatever breaks one of these has \`schema: 2\` and a major version of Hawser.

Times are in milliseconds since 1970, by the clock of the deployer, unless a field says otherwise; durations are in milliseconds, sizes
in bytes.

## The events
`;

const answersPart = `## The answers of verbs

Every verb ends with a [result](#runresult); verbs that are no runs add what they found. With \`--json\` it is the last line, with
\`--result FILE\` the file. As a library the same comes from a method of the engine.

| verb | field of the result | as a library |
| --- | --- | --- |
`;

/** The page of the events, as the types say. */
export const eventsPage = (): string =>
  [
    introduction,
    ...eventTypeNames().flatMap(eventSection),
    answersPart +
      answers.map(([verb, fields, method]) => `| \`${verb}\` | ${fields} | ${method} |`).join("\n"),
    "",
    "## What they are made of",
    "",
    ...partNames.flatMap(partSection),
    "## Words",
    "",
    ...wordNames.flatMap(wordSection),
  ]
    .join("\n")
    .trimEnd()
    .concat("\n");

/** The fields that no comment explains, as `Type.field`. */
export const unexplained = (): string[] =>
  [...eventTypeNames(), ...partNames].flatMap((name) =>
    typeOf(name)
      .fields.filter(({ name: field, doc }) => doc === "" && field !== "type")
      .map((field) => `${name}.${field.name}`),
  );

/** The types of events that the union has. */
export const documentedEvents = (): string[] => eventTypeNames().map((name) => literalOf(typeOf(name)));
