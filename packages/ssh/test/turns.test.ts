import { expect, test } from "vitest";
import { Turns } from "../src/turns.ts";

/** A signal that never comes; one each, as each operation has its own. */
const never = (): AbortSignal => new AbortController().signal;

test("no more than the limit work on one server at once, and each gets its turn", async () => {
  const turns = new Turns(3);
  let busy = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    most = Math.max(most, ++busy);
    await new Promise(setImmediate);
    busy--;
  };
  await Promise.all(Array.from({ length: 20 }, () => turns.run("web1", never(), work)));
  expect([most, busy]).toEqual([3, 0]);
});

test("a busy server does not hold up another", async () => {
  const turns = new Turns(1);
  let open = (): void => undefined;
  const held = turns.run("web1", never(), () => new Promise<void>((resolve) => (open = resolve)));
  await turns.run("web2", never(), async () => undefined);
  open();
  await held;
});

test("a failed or abandoned wait leaves the turns of the others whole", async () => {
  const turns = new Turns(1);
  await expect(turns.run("web1", never(), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  let open = (): void => undefined;
  const held = turns.run("web1", never(), () => new Promise<void>((resolve) => (open = resolve)));
  const impatient = new AbortController();
  const abandoned = turns.run("web1", impatient.signal, async () => undefined);
  const next = turns.run("web1", never(), async () => "served");
  impatient.abort(new Error("gave up"));
  await expect(abandoned).rejects.toThrow("gave up");
  open();
  await held;
  await expect(next).resolves.toBe("served");
});
