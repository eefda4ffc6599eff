import { expect, it } from "vitest";
import { retained } from "../../src/state/retention.ts";

const none = new Set<string>();
const ids = (...numbers: number[]) => numbers.map((number) => String(number).padStart(6, "0"));

it("keeps the newest good releases, and failed ones do not push them out", () => {
  const present = ids(1, 2, 3, 4, 5, 6);
  const good = new Set(ids(1, 2, 4));
  expect([...retained({ present, good, needed: none, keep: 2 })]).toEqual(ids(2, 4));
});

it("never removes what is needed, good or not", () => {
  const facts = { present: ids(1, 2, 3), good: new Set(ids(3)), needed: new Set(ids(1, 9)), keep: 1 };
  expect([...retained(facts)]).toEqual(ids(1, 3));
});

it("keeps only what is needed with a keep of 0", () => {
  const facts = { present: ids(1, 2), good: new Set(ids(1, 2)), needed: new Set(ids(1)), keep: 0 };
  expect([...retained(facts)]).toEqual(ids(1));
});

it("orders ids as numbers when they outgrow six digits", () => {
  const present = ["1000000", "999999", "999998"];
  expect([...retained({ present, good: new Set(present), needed: none, keep: 2 })]).toEqual([
    "999999",
    "1000000",
  ]);
});
