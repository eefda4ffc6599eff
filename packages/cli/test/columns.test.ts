import { expect, test } from "vitest";
import { columnsOf } from "../src/invocation.ts";
import type { Surroundings } from "../src/surroundings.ts";

const wide = (terminal: boolean, columns?: number): number =>
  columnsOf({ surroundings: { terminal, stdout: { columns } } as unknown as Surroundings });

test.each([
  ["a terminal's own width counts", wide(true, 133), 133],
  ["a terminal that was given no size is taken for 80 columns", wide(true, 0), 80],
  ["a terminal whose size cannot be read is taken for 80 columns", wide(true), 80],
  ["a log has lines of 110 columns", wide(false, 40), 110],
])("%s", (_, found, wanted) => expect(found).toBe(wanted));
