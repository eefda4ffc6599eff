import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { Host } from "../../src/host/host.ts";
import { hostProgram } from "../../src/host/program.ts";
import { type Channel, openSession } from "../../src/host/session.ts";
import { application, environment, releaseOf } from "./releases.ts";
import { context, killGroup, liveHost, shells } from "./shells.ts";
import { folder, tree } from "./trees.ts";

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );
const survey = { application, environment };

/** An instance that answers with what it is told to, whatever it is asked. */
const lying = (...answers: string[]): Channel & { readonly closes: number } => {
  const readable = Readable.from(answers.map((answer) => Buffer.from(answer)).concat(Buffer.alloc(0)));
  const open = new PassThrough();
  readable.on("end", () => {});
  readable.pipe(open, { end: false });
  const state = { closes: 0 };
  return {
    readable: open,
    writable: new PassThrough().resume(),
    closed: new Promise(() => {}),
    close: () => {
      state.closes++;
      open.destroy();
    },
    get closes() {
      return state.closes;
    },
  };
};
const instance = { id: "i-1", address: "localhost", roles: ["web"], lifecycle: "inService" } as const;
const open = { instance, program: hostProgram(), root: "/srv/x", keep: false };

describe.each(shells)("a session under $name", ({ path }) => {
  test("a kept program is not sent again, and one that was altered is not run", async () => {
    const root = join(folder(), "srv");
    for (let turn = 0; turn < 2; turn++) {
      await using live = await liveHost(root, { path });
      expect(await live.host.survey(survey, context())).toMatchObject({ rootState: "present" });
    }
    const kept = join(root, ".hawser/host", hostProgram().digest);
    writeFileSync(kept, 'touch "$root/pwned"\n');
    await using live = await liveHost(root, { path });
    expect(await live.host.survey(survey, context())).toMatchObject({ rootState: "present" });
    expect(existsSync(join(root, "pwned"))).toBe(false);
    expect(readdirSync(join(root, ".hawser/host"))).toEqual([hostProgram().digest]);
  });

  test("what a login shell prints first is ignored, up to its limit", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path, keep: false, banner: "Welcome\\nhawser? no newline" });
    expect(await live.host.survey(survey, context())).toMatchObject({ rootState: "absent" });
    const loud = liveHost(root, { path, keep: false, banner: "x".repeat(70_000) });
    expect(await failure(loud)).toMatchObject({ code: "HWS_HOST_BOOT" });
  });

  test("calls are answered one at a time, in order, whatever their bodies are", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path });
    const one = await releaseOf(tree({ a: "1" }), "000001");
    const whole = await one.full();
    const replies = await Promise.all([
      live.host.stage(whole, context()),
      failure(live.host.prune({ epoch: 1, keep: ["not-an-id"] }, context())),
      live.host.stage(whole, context()),
      live.host.survey(survey, context()),
    ]);
    expect(replies).toMatchObject([
      { already: false },
      { code: "HWS_HOST_REQUEST" },
      { already: true },
      { epoch: 1 },
    ]);
  });

  test("an aborted call ends the session and leaves nothing half-made", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path });
    const one = await releaseOf(tree({ a: "1" }), "000001");
    const whole = await one.full();
    const stop = new AbortController();
    const never = { ...whole, archive: { ...whole.archive, open: () => new PassThrough() } };
    const staging = failure(live.host.stage(never, context({ signal: stop.signal })));
    setTimeout(() => stop.abort(new Error("enough")), 300);
    expect(await staging).toMatchObject({ message: "enough" });
    expect(await failure(live.host.survey(survey, context()))).toMatchObject({ message: "enough" });
    await using next = await liveHost(root, { path });
    expect(await next.host.stage(whole, context())).toMatchObject({ already: false });
    expect(readdirSync(join(root, ".hawser/staging"))).toEqual([]);
  });

  test("a check tries until the instance is healthy, and tells what the last attempt saw", async () => {
    const root = join(folder(), "srv");
    await using live = await liveHost(root, { path });
    const one = await releaseOf(tree({ a: "1" }), "000001");
    await live.host.stage(await one.full(), context());
    let requests = 0;
    const server = createServer((request, response) => {
      requests++;
      const known = request.headers["x-token"] === 'se"cr\\et';
      response.writeHead(requests > 2 && known ? 200 : 503).end(`hello ${request.url}`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}/health?a=1&b=%20`;
    const limits = { timeoutMs: 15_000, stableMs: 0, intervalMs: 20 };
    const headers = { "x-token": 'se"cr\\et' };
    try {
      expect(
        await live.host.check({ http, headers, body: "hello /health", ...limits }, context()),
      ).toMatchObject({ healthy: true, attempts: 3 });
      expect(
        await live.host.check({ http, headers, body: "absent", ...limits, timeoutMs: 100 }, context()),
      ).toMatchObject({ healthy: false });
      const wrong = await live.host.check(
        { http, headers, status: 404, ...limits, timeoutMs: 100 },
        context(),
      );
      expect(wrong).toMatchObject({
        healthy: false,
        detail: "HTTP 200",
        output: "hello /health?a=1&b=%20",
      });
    } finally {
      server.close();
    }
    const injected = { http, headers: { a: "b\r\nHost: other" }, ...limits };
    expect(await failure(live.host.check(injected, context()))).toMatchObject({ code: "HWS_HOST_REQUEST" });
    const command = {
      command: 'echo "no cache"; echo "$WORD"; test -e ok',
      directory: "release:000001",
      env: { WORD: "it's" },
      ...limits,
    };
    const failing = await live.host.check({ ...command, timeoutMs: 50 }, context());
    expect(failing).toMatchObject({
      healthy: false,
      detail: "the command ended with 1: it's",
      output: "no cache\nit's",
    });
    writeFileSync(join(root, "releases/000001/ok"), "");
    expect(await live.host.check({ ...command, stableMs: 200 }, context())).toMatchObject({
      healthy: true,
      output: "",
    });
    const hanging = await live.host.check({ ...command, command: "sleep 60", timeoutMs: 100 }, context());
    expect(hanging).toMatchObject({ healthy: false, detail: "the command did not end in 1 s" });
    const long = { ...command, command: "printf '\\001\\377'; seq 5000; false", timeoutMs: 50 };
    expect((await live.host.check(long, context())).output).toMatch(/^\d+\n(\d+\n)+5000$/);
    expect(
      await failure(live.host.check({ http: "file:///etc/passwd", ...limits }, context())),
    ).toMatchObject({ code: "HWS_HOST_REQUEST" });
  });
});

test("a session whose instance dies is lost, with why, and is not used again", async () => {
  const root = join(folder(), "srv");
  await using live = await liveHost(root);
  killGroup(live.child, "SIGKILL");
  expect(await failure(live.host.survey(survey, context()))).toMatchObject({
    code: "HWS_TRANSPORT_LOST",
    retryable: true,
  });
  expect(await failure(live.host.survey(survey, context()))).toMatchObject({ code: "HWS_TRANSPORT_LOST" });
});

test("an instance that stays silent is lost", async () => {
  const channel = lying("hawser have\n");
  const session = await openSession(channel, open, context(), { silenceMs: 100 });
  expect(await failure(session.call({ verb: "survey", headers: {} }, context()))).toMatchObject({
    code: "HWS_TRANSPORT_LOST",
  });
  expect(channel.closes).toBe(1);
});

test("an instance that stops in the middle is not mistaken for one that answered", async () => {
  const root = join(folder(), "srv");
  await using live = await liveHost(root);
  execFileSync("kill", ["-STOP", String(live.child.pid)]);
  const call = failure(
    live.session.call({ verb: "survey", headers: {} }, context({ signal: AbortSignal.timeout(200) })),
  );
  expect(await call).toMatchObject({ name: "TimeoutError" });
  killGroup(live.child, "SIGKILL");
});

test.each([
  ["no JSON", "{broken\n"],
  ["a list", "[1]\n"],
  ["noise", "Last login: yesterday\n"],
  ["an endless line", `{"ok":true,"x":"${"y".repeat(70_000)}"}\n`],
  ["too much data", `data 99999999999\n`],
  ["an unknown code", '{"ok":false,"code":"HWS_PWNED","message":"x"}\n'],
  ["a field of another type", '{"ok":true,"changed":"yes","previous":null}\n'],
  ["a previous that is no release", '{"ok":true,"changed":true,"previous":"../../etc"}\n'],
])("an answer with %s is refused", async (_what, answer) => {
  const session = await openSession(lying("hawser have\n", answer), open, context());
  const host = new Host(session);
  expect(await failure(host.activate({ epoch: 1, release: "000001" }, context()))).toMatchObject({
    code: "HWS_HOST_ANSWER",
  });
});

test("a body that is longer or shorter than promised breaks the session", async () => {
  for (const bytes of ["abc", "abcdefgh"]) {
    const session = await openSession(lying("hawser have\n"), open, context());
    const body = { stream: Readable.from([Buffer.from(bytes)]), sizeBytes: 5 };
    expect(await failure(session.call({ verb: "prune", headers: {}, body }, context()))).toMatchObject({
      code: "HWS_HOST_BODY",
    });
    expect(await failure(session.call({ verb: "survey", headers: {} }, context()))).toMatchObject({
      code: "HWS_HOST_BODY",
    });
  }
});
