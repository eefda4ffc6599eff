import type { OperationContext } from "@hawser/core/plugin";
import { type Mirror, readMirror } from "./mirror.ts";

/** What a person wants to know about a commit. */
export interface Commit {
  readonly author: string;
  /** The first line of its message. */
  readonly message: string;
  /** When it was committed, seconds since 1970. */
  readonly time: number;
}

/** Control characters stand in no name that a person gave; in an author's name they could drive a terminal. */
const printable = (text: string): string =>
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ").slice(0, 300);

/** Fields of `git log` that `readCommit` reads, separated by the unit separator. */
export const commitFormat = "%H%x1f%an <%ae>%x1f%ct%x1f%s";

export const readCommit = (line: string): Commit & { readonly id: string } => {
  const [id = "", author = "", time = "", ...message] = line.split("\u001f");
  return { id, author: printable(author), message: printable(message.join(" ")), time: Number(time) };
};

export const commitOf = async (mirror: Mirror, id: string, context: OperationContext): Promise<Commit> => {
  const argv = ["--no-walk", "--no-show-signature", "-z", `--format=${commitFormat}`, "--end-of-options", id];
  const text = await readMirror(mirror, "log", argv, context);
  const { author, message, time } = readCommit(text.split("\0")[0] ?? "");
  return { author, message, time };
};

/** The commits of the mirror whose id begins with these digits. */
export const commitsBeginningWith = async (
  mirror: Mirror,
  digits: string,
  context: OperationContext,
): Promise<readonly string[]> => {
  const objects = await readMirror(mirror, "rev-parse", [`--disambiguate=${digits}`], context);
  const argv = ["--batch-check=%(objecttype) %(objectname)"];
  const types = await readMirror(mirror, "cat-file", argv, context, { input: objects });
  return types
    .split("\n")
    .filter((line) => line.startsWith("commit "))
    .map((line) => line.slice("commit ".length));
};
