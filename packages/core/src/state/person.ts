import type { Fields } from "./fields.ts";
import { type Owner, thisOwner } from "./owner.ts";

/** Who did something, for people. */
export interface Person {
  readonly user: string;
  readonly host: string;
  /** A link to the CI job, when there is one. */
  readonly ci?: string;
}

/** Who runs this process. */
export const thisPerson = (owner: Owner = thisOwner()): Person => {
  const { user, host, ci } = owner;
  return { user, host, ...(ci !== undefined && { ci }) };
};

// What a person will read on a terminal holds no control character.
const printable = /^[^\p{Cc}]{0,255}$/u;

export const parsePerson = (fields: Fields): Person => ({
  user: fields.text("user", printable),
  host: fields.text("host", printable),
  ...(fields.has("ci") && { ci: fields.text("ci", /^https?:\/\/[!-~]{1,500}$/) }),
});

/** A person's words: one line of up to 1000 characters. */
export const reasonGrammar: RegExp = /^[^\p{Cc}]{1,1000}$/u;
