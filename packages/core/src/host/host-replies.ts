import type { HostReply } from "../contracts/transport.ts";
import { hostErrors } from "../errors/host-codes.ts";
import type { Difference, HeldRelease, HostSurvey, HostUserAnswer, HostVerification } from "./host-facts.ts";
import type { HostUserQuestion } from "./host-requests.ts";
import { dataLines, ReplyFields } from "./reply-fields.ts";

const releaseLine =
  /^(\d{6,12}) (staged|installing|installed) (sha256-[0-9a-f]{64}|-) (sha256-[0-9a-f]{64}|-) (\d{1,15})$/;
const differenceLine = /^(changed|missing|mode|type|extra) ([!-~]+)$/;
const releaseId = /^\d{6,12}$/;
const programPath = /^\/[A-Za-z0-9._/+-]{1,255}$/;
const problemCode = /^HWS_[A-Z_]{1,60}$/;

export const surveyOf = (reply: HostReply, asked: readonly HostUserQuestion[] = []): HostSurvey => {
  const fields = new ReplyFields(reply.fields, "survey");
  return {
    rootState: fields.oneOf("rootState", ["present", "absent", "unusable"]),
    writable: fields.yes("writable"),
    owner: fields.textOrNull("owner"),
    current: currentOf(fields.object("current")),
    previous: previousOf(fields),
    epoch: fields.count("epoch"),
    trust: fields.textOrNull("trust"),
    trusted: fields.count("trusted"),
    clockSeconds: fields.count("clock"),
    user: fields.text("user"),
    bootId: fields.text("bootId"),
    freeBytes: fields.count("freeBytes", -1),
    freeInodes: fields.count("freeInodes", -1),
    tools: toolsOf(fields.raw("tools")),
    identity: fields.yes("identity"),
    users: usersOf(fields.text("users"), asked),
    programs: programsOf(fields.object("programs")),
    releases: dataLines(reply).map(heldOf),
    problems: fields.list("problems").map((problem) => ({
      code: matched(problem.text("code"), problemCode),
      message: problem.text("message"),
    })),
  };
};

const currentOf = (fields: ReplyFields): HostSurvey["current"] => {
  const kind = fields.oneOf("kind", ["release", "foreign", "none", "directory"]);
  if (kind === "release") return { kind, release: matched(fields.text("release"), releaseId) };
  return kind === "foreign" ? { kind, target: fields.text("target") } : { kind };
};

/** A word for each question. */
const usersOf = (words: string, asked: readonly HostUserQuestion[]): HostSurvey["users"] => {
  const found = words === "" ? [] : words.split(" ");
  if (found.length !== asked.length) throw hostErrors.HWS_HOST_ANSWER(["the answers about users"]);
  return asked.map((question, at) => ({ ...question, may: mayOf(found[at] ?? "") }));
};

const mayOf = (word: string): HostUserAnswer["may"] => {
  const known = (["yes", "no", "absent", "tool"] as const).find((each) => each === word);
  if (known === undefined) throw hostErrors.HWS_HOST_ANSWER([JSON.stringify(word.slice(0, 80))]);
  return known;
};

/** They are shown to people as a line to copy. */
const programsOf = (fields: ReplyFields): HostSurvey["programs"] => ({
  sh: matched(fields.text("sh"), programPath),
  chown: matched(fields.text("chown"), programPath),
});

/** A release id, or `foreign <path>`. */
export const previousOf = (fields: ReplyFields): string | null => {
  const previous = fields.textOrNull("previous");
  return previous === null ? null : matched(previous, /^(\d{6,12}|foreign .+)$/s);
};

const toolsOf = (tools: Readonly<Record<string, unknown>>): Readonly<Record<string, string | boolean>> =>
  Object.fromEntries(
    Object.entries(tools).filter(
      (entry): entry is [string, string | boolean] =>
        typeof entry[1] === "string" || typeof entry[1] === "boolean",
    ),
  );

const heldOf = (line: string): HeldRelease => {
  const [, id = "", state, artifact = "", manifest = "", changedAt] = releaseLine.exec(line) ?? [];
  if (id === "")
    throw hostErrors.HWS_HOST_ANSWER([`a line of the survey ${JSON.stringify(line.slice(0, 80))}`]);
  return { id, state: state as HeldRelease["state"], artifact, manifest, changedAt: Number(changedAt) };
};

export const verificationOf = (reply: HostReply): HostVerification => {
  const fields = new ReplyFields(reply.fields, "verify");
  const differing = dataLines(reply).map((line): Difference => {
    const [, what, name] = differenceLine.exec(line) ?? [];
    if (name === undefined)
      throw hostErrors.HWS_HOST_ANSWER([`a line of verify ${JSON.stringify(line.slice(0, 80))}`]);
    return { what: what as Difference["what"], name };
  });
  return { paths: fields.count("paths"), hashed: fields.count("hashed"), differing };
};

/** Ids or percent-encoded names, one a line. */
export const wordsOf = (reply: HostReply, grammar: RegExp): readonly string[] =>
  dataLines(reply).map((line) => matched(line, grammar));

const matched = (text: string, grammar: RegExp): string => {
  if (!grammar.test(text)) throw hostErrors.HWS_HOST_ANSWER([JSON.stringify(text.slice(0, 80))]);
  return text;
};
