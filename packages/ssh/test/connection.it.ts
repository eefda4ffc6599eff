import { type Fleet, startFleet } from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Routes, SshProgram, type SshTarget } from "../src/index.ts";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ count: 3 });
});
afterAll(() => fleet?.[Symbol.asyncDispose]());

const context = { signal: AbortSignal.timeout(60_000), logger: console };
const target = (n: number): SshTarget => ({
  host: fleet.instances[n]!.address,
  user: fleet.user,
  privateKey: fleet.privateKey,
  knownHosts: [fleet.knownHosts],
});

for (const [name, make] of [
  ["ssh2", () => new Routes()],
  ["openssh", () => new SshProgram()],
] as const)
  for (const jump of [undefined, 1, 2])
    test(`a command runs ${name} ${jump}`, async () => {
      await using driver = make();
      const jumps = [...Array(jump ?? 0).keys()].map((n) => fleet.instances[n + 1]!.address).join(",");
      await using connection = await driver.connect({ ...target(0), ...(jump && { jump: jumps }) }, context);
      const channel = await connection.start("hostname; cat;  echo oops >&2; exit 3");
      channel.writable.end("hello\n");
      let text = "";
      for await (const chunk of channel.readable) text += chunk;
      expect(await channel.closed).toBe("the command ended with status 3: oops");
      expect(text).toContain("web1\nhello\n");
    });
for (const [name, make] of [
  ["ssh2", () => new Routes()],
  ["openssh", () => new SshProgram()],
] as const)
  for (const [what, change] of Object.entries({
    unknown: { knownHosts: ["/dev/null"] },
    refused: { port: 1 },
    noname: { host: "no.such.host.invalid" },
    auth: { user: "nobody" },
    evil: { host: "-oProxyCommand=x" },
    jumpdown: { jump: "127.0.0.1:1" },
  }))
    test(`${name} ${what}`, async () => {
      await using driver = make();
      try {
        await using c = await driver.connect({ ...target(0), ...change }, context);
        await c.start("true");
      } catch (e) {
        const r = e as any;
        console.log(name, what, r.code, r.message, r.hint);
        return;
      }
      throw new Error("no");
    });
