import { errors } from "./errors.ts";
import { encodePath } from "./plain-path.ts";
import { longestPlace } from "./project.ts";

/** A folder of the project, at a revision of the repository or as it is now. */
export interface Place {
  /** Relative to the project; empty for the project itself. */
  readonly path: string;
  /** Absent: the newest. */
  readonly number?: number;
}

const path = /^[A-Za-z0-9_][A-Za-z0-9._+@~-]*(?:\/[A-Za-z0-9_][A-Za-z0-9._+@~-]*)*$/;
const layout = /^(?:trunk|(?:branches|tags)\/.+)$/;
const pegged = /^(.+)@(?:HEAD|r?(\d{1,10}))$/;
const number = /^r?(\d{1,10})$/;
const largest = 2_147_483_647;

/** Reads a ref. It cannot be taken for an option, and svn finds no expression in it. */
export const parseRef = (ref: string, home: string): Place => {
  const refuse = (): never => {
    throw errors.HWS_SOURCE_REF_INVALID([ref]);
  };
  const at = (place: string, digits: string | undefined): Place => {
    if (digits !== undefined && Number(digits) > largest) refuse();
    return { path: place, ...(digits !== undefined && { number: Number(digits) }) };
  };
  if (ref === "HEAD") return { path: home };
  const alone = number.exec(ref);
  if (alone !== null) return at(home, alone[1]);
  const [, place = ref, digits] = pegged.exec(ref) ?? [];
  if (encodePath(place).length > longestPlace || place.includes("..") || !path.test(place)) refuse();
  if (place === ref && !layout.test(ref)) refuse();
  return at(place, digits);
};
