import { type Fleet, startFleet } from "@hawser/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../src/index.ts";

let fleet: Fleet;
beforeAll(async () => {
  const t = performance.now();
  fleet = await startFleet({ count: 8 });
  console.log("fleet up", performance.now() - t);
});
afterAll(() => fleet?.[Symbol.asyncDispose]());

const context = { signal: AbortSignal.timeout(60_000), logger: console };

test("a command runs", async () => {
  const [web1] = fleet.instances;
  await using connection = await connect(
    {
      host: web1!.address,
      port: web1!.port,
      user: fleet.user,
      privateKey: fleet.privateKey,
      knownHosts: [fleet.knownHosts],
    },
    context,
  );
  const channel = await connection.start(
    "hostname; cat; cat /proc/sys/kernel/random/boot_id; id; echo oops >&2; exit 3",
  );
  channel.writable.end("hello\n");
  let text = "";
  for await (const chunk of channel.readable) text += chunk;
  console.log(text, await channel.closed);
  expect(text).toContain("web1\nhello\n");
});
