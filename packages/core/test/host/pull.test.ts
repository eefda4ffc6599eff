import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Secret } from "../../src/contracts/secret.ts";
import type { FetchedArchive, StageRequest } from "../../src/host/host-requests.ts";
import { withCurl } from "./curl.ts";
import { type OddServer, oddServer } from "./odd-server.ts";
import { releaseOf, type SentStage } from "./releases.ts";
import { context, liveHost, shells } from "./shells.ts";
import { folder, tree } from "./trees.ts";

const files = { "a/one": "1".repeat(90_000), "a/two": "2", three: "3" };
const secret = "X-Amz-Signature=5ec4e7";

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it succeeded",
    (error: unknown) => error,
  );

/** A process may end while one looks at it. */
const readOrNothing = (path: string): string => {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
};

const bytesOf = async ({ archive }: SentStage): Promise<Buffer> =>
  Buffer.concat(await archive.open().toArray());

/** The same request with the archive behind a URL. */
const pulled = (
  request: SentStage,
  bytes: Buffer,
  server: OddServer,
  changes: Partial<FetchedArchive> = {},
): StageRequest => ({
  ...request,
  archive: {
    form: request.archive.form,
    sizeBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    from: { url: new Secret(`${server.origin}/archive?${secret}`), limitMs: 20_000 },
    ...changes,
  },
});

const serving = (bytes: Buffer) => (_: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(200, { "content-length": bytes.length }).end(bytes);

describe.each(shells)("an archive that the instance fetches, under $name", ({ path }) => {
  const open = (root: string) => liveHost(root, { path: `${path}:${withCurl}` });

  test("makes the same release as one that was sent", async () => {
    const root = join(folder(), "srv");
    const one = await releaseOf(tree(files), "000001");
    const whole = await one.full();
    const bytes = await bytesOf(whole);
    await using server = await oddServer(serving(bytes));
    await using live = await open(root);
    const staged = await live.host.stage(pulled(whole, bytes, server), context());
    expect(staged).toMatchObject({ already: false, state: "staged", written: 3 });
    expect(readFileSync(join(root, "releases/000001/a/one"), "utf8")).toBe(files["a/one"]);
    const { differing } = await live.host.verify({ release: "000001" }, context());
    expect(differing).toEqual([]);
  });

  test("may be a delta, and what the base lacks beside it comes over the session", async () => {
    const root = join(folder(), "srv");
    const one = await releaseOf(tree(files), "000001");
    const two = await releaseOf(tree({ ...files, "a/two": "22", four: "4" }), "000002", one);
    await using live = await open(root);
    await live.host.stage(await one.full(), context());
    execFileSync("rm", [join(root, "releases/000001/three")]);
    const delta = await two.delta(one, "clone");
    const bytes = await bytesOf(delta);
    await using server = await oddServer(serving(bytes));
    const error = await failure(live.host.stage(pulled(delta, bytes, server), context()));
    expect(error).toMatchObject({ code: "HWS_HOST_BASE_CHANGED", details: { needed: ["three"] } });
    const supplement = await two.archiveOf(["three"]);
    const staged = await live.host.stage({ ...pulled(delta, bytes, server), supplement }, context());
    expect(staged).toMatchObject({ method: "clone", state: "staged" });
    expect(readFileSync(join(root, "releases/000002/three"), "utf8")).toBe("3");
    expect(readFileSync(join(root, "releases/000002/four"), "utf8")).toBe("4");
  });

  test("that is cut is gone on with where it was cut, and one that is refused for a while is asked for again", async () => {
    const root = join(folder(), "srv");
    const whole = await (await releaseOf(tree(files), "000001")).full();
    const bytes = await bytesOf(whole);
    const cut = bytes.length >> 1;
    const ranges: (string | undefined)[] = [];
    await using server = await oddServer((request, response) => {
      ranges.push(request.headers.range);
      if (ranges.length === 1) return void response.writeHead(503).end("later");
      const from = Number(/\d+/.exec(request.headers.range ?? "0"));
      const status = request.headers.range === undefined ? 200 : 206;
      const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(status, {
        "content-length": bytes.length - from,
        ...(status === 206 && { "content-range": range }),
      });
      if (status === 206) response.end(bytes.subarray(from));
      else response.write(bytes.subarray(0, cut), () => setImmediate(() => response.destroy()));
    });
    await using live = await open(root);
    const staged = await live.host.stage(pulled(whole, bytes, server), context());
    expect(staged.state).toBe("staged");
    expect(ranges).toEqual([undefined, undefined, `bytes=${cut}-`]);
  });

  test.each([
    ["is refused", (_: IncomingMessage, response: ServerResponse) => void response.writeHead(403).end("no")],
    [
      "is elsewhere",
      (_: IncomingMessage, response: ServerResponse) =>
        void response.writeHead(302, { location: "/other" }).end(),
    ],
    ["is another one", (_: IncomingMessage, response: ServerResponse) => void response.end("another")],
    [
      "is longer",
      (_: IncomingMessage, response: ServerResponse) => void response.end(Buffer.alloc(900_000, 1)),
    ],
  ])("that %s makes no release, names no URL, and the session goes on", async (_, serve) => {
    const root = join(folder(), "srv");
    const whole = await (await releaseOf(tree(files), "000001")).full();
    const bytes = await bytesOf(whole);
    await using server = await oddServer(serve);
    await using live = await open(root);
    const notes: string[] = [];
    const call = { ...context(), note: (text: string) => notes.push(text) };
    const error = await failure(live.host.stage(pulled(whole, bytes, server), call));
    expect(error).toMatchObject({ code: "HWS_HOST_FETCH" });
    expect(JSON.stringify([error, String(error), notes])).not.toContain(secret);
    expect(existsSync(join(root, "releases/000001"))).toBe(false);
    expect(readdirSync(join(root, ".hawser/staging"))).toEqual([]);
    const sent = await live.host.stage(whole, context());
    expect(sent.state).toBe("staged");
  });

  test("of the right length and another content is never unpacked", async () => {
    const root = join(folder(), "srv");
    const whole = await (await releaseOf(tree(files), "000001")).full();
    const bytes = await bytesOf(whole);
    const flipped = Buffer.from(bytes);
    flipped[flipped.length >> 1]! ^= 1;
    await using server = await oddServer(serving(flipped));
    await using live = await open(root);
    const error = await failure(live.host.stage(pulled(whole, bytes, server), context()));
    expect(error).toMatchObject({
      code: "HWS_HOST_FETCH",
      message: expect.stringContaining("what came is not what was stored"),
    });
    expect(existsSync(join(root, "releases/000001"))).toBe(false);
  });

  test("leaves its URL neither in a file nor in the arguments of a process", async () => {
    const root = join(folder(), "srv");
    const whole = await (await releaseOf(tree(files), "000001")).full();
    const bytes = await bytesOf(whole);
    let seen = "";
    await using server = await oddServer((request, response) => {
      seen += spawnSync("grep", ["-rlF", "-e", secret, root], { encoding: "utf8" }).stdout;
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        for (const file of ["cmdline", "environ"]) {
          const text = readOrNothing(`/proc/${pid}/${file}`);
          if (text.includes(secret)) seen += ` ${text}`;
        }
      }
      serving(bytes)(request, response);
    });
    await using live = await open(root);
    await live.host.stage(pulled(whole, bytes, server), context());
    expect(seen).toBe("");
  });

  test("is not fetched when the release is there already", async () => {
    const root = join(folder(), "srv");
    const whole = await (await releaseOf(tree(files), "000001")).full();
    const bytes = await bytesOf(whole);
    await using server = await oddServer(serving(bytes));
    await using live = await open(root);
    await live.host.stage(whole, context());
    const again = await live.host.stage(pulled(whole, bytes, server), context());
    expect(again.already).toBe(true);
    expect(server.requests).toEqual([]);
  });
});
