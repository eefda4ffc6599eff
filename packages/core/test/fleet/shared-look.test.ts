import { expect, it } from "vitest";
import { SharedLook } from "../../src/fleet/shared-look.ts";

/** Looks that a test ends one by one. */
const looks = () => {
  const begun: { end: (value: number) => void; fail: (error: Error) => void }[] = [];
  const look = new SharedLook<number>(() => new Promise((end, fail) => begun.push({ end, fail })));
  return { begun, look };
};

const turn = () => new Promise((resolve) => setImmediate(resolve));

it("gives those who ask while a look is under way the next one, once for all of them", async () => {
  const { begun, look } = looks();
  const first = look.take();
  const [second, third] = [look.take(), look.take()];
  expect(begun).toHaveLength(1);
  begun[0]?.end(1);
  expect(await first).toBe(1);
  await turn();
  expect(begun).toHaveLength(2);
  begun[1]?.end(2);
  expect(await Promise.all([second, third])).toEqual([2, 2]);
});

it("looks again for who asks later", async () => {
  const { begun, look } = looks();
  const first = look.take();
  begun[0]?.end(1);
  await first;
  const second = look.take();
  begun[1]?.end(2);
  expect(await second).toBe(2);
});

it("fails for those who share it, and for nobody after them", async () => {
  const { begun, look } = looks();
  const first = look.take();
  const second = look.take();
  begun[0]?.fail(new Error("away"));
  await expect(first).rejects.toThrow("away");
  await turn();
  begun[1]?.end(2);
  expect(await second).toBe(2);
});
