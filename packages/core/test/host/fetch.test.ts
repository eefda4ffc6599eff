import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withCurl } from "./curl.ts";
import { callFunctions } from "./functions.ts";
import { type OddServer, oddServer } from "./odd-server.ts";
import { shells } from "./shells.ts";
import { folder } from "./trees.ts";

const secret = "X-Amz-Signature=5ec4e7";
const config = (server: OddServer, lines = ""): string => `url = "${server.origin}/a/b?${secret}"\n${lines}`;

interface Fetched {
  readonly ok: boolean;
  readonly status: string;
  readonly why: string;
  readonly file: string;
  readonly stderr: string;
}

const fetched = async (
  path: string,
  input: string,
  { limit = 1000, call = "fetch_url", before = "", held = "" } = {},
): Promise<Fetched> => {
  const file = join(folder(), "fetched");
  if (held !== "") writeFileSync(file, held);
  const lines = `${before}\n${call} '${file}' ${limit} && r=yes || r=no; printf '%s\\n' "$r" "$fetch_status" "$fetch_why"`;
  const { stdout, stderr } = await callFunctions(`${path}:${withCurl}`, lines, { input });
  const [ok, status = "", why = ""] = stdout.split("\n");
  return { ok: ok === "yes", status, why, file, stderr };
};

const body = (text: string) => (_: IncomingMessage, response: ServerResponse) => void response.end(text);

describe.each(shells)("fetching under $name", ({ path }) => {
  test("the whole body of a 200 is written, and headers go along", async () => {
    await using server = await oddServer(body("0123456789"));
    const got = await fetched(path, config(server, 'header = "authorization: a \\"b\\""\n'), { limit: 10 });
    expect(got).toMatchObject({ ok: true, status: "200" });
    expect(readFileSync(got.file, "utf8")).toBe("0123456789");
    expect(server.requests[0]!.headers.authorization).toBe('a "b"');
  });

  test("an empty body is a file too", async () => {
    await using server = await oddServer(body(""));
    const got = await fetched(path, config(server));
    expect(got.ok).toBe(true);
    expect(readFileSync(got.file, "utf8")).toBe("");
  });

  test.each([301, 302, 307])("a redirect (%i) is refused and not followed", async (status) => {
    await using server = await oddServer((_, response) => {
      response.writeHead(status, { location: "/elsewhere" }).end("elsewhere");
    });
    const got = await fetched(path, config(server));
    expect(got).toMatchObject({ ok: false, status: `${status}` });
    expect(existsSync(got.file)).toBe(false);
    expect(server.requests.length).toBe(1);
  });

  test.each([204, 206, 403, 404, 500, 503])("an answer with status %i is refused", async (status) => {
    await using server = await oddServer((_, response) => {
      response.writeHead(status).end(status === 204 ? undefined : "a page");
    });
    const got = await fetched(path, config(server));
    expect(got).toMatchObject({ ok: false, status: `${status}`, why: expect.stringContaining(`${status}`) });
    expect(existsSync(got.file)).toBe(false);
  });

  test("a body longer than the limit is refused by its length", async () => {
    await using server = await oddServer((_, response) => {
      response.writeHead(200, { "content-length": 1001 }).end("x".repeat(1001));
    });
    const got = await fetched(path, config(server));
    expect(got).toMatchObject({ ok: false, why: "the answer is longer than 1000 bytes" });
    expect(existsSync(got.file)).toBe(false);
  });

  test("a body without a length is cut at the limit and refused", async () => {
    await using server = await oddServer((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) {}
      };
      response.on("drain", more);
      more();
    });
    const got = await fetched(path, config(server), { limit: 100_000 });
    expect(got).toMatchObject({ ok: false, why: "the answer is longer than 100000 bytes", stderr: "" });
    expect(existsSync(got.file)).toBe(false);
  });

  test("a body one byte longer than the limit, without a length, is refused", async () => {
    await using server = await oddServer((_, response) => {
      response.write("x".repeat(500));
      response.end("x".repeat(501));
    });
    const got = await fetched(path, config(server));
    expect(got).toMatchObject({ ok: false, why: "the answer is longer than 1000 bytes" });
    expect(existsSync(got.file)).toBe(false);
  });

  test.each([
    ["with a length", { "content-length": 900 }],
    ["in chunks", {}],
  ])("a cut body %s is refused", async (_, headers) => {
    await using server = await oddServer((_, response) => {
      response.writeHead(200, headers);
      response.write("x".repeat(300), () => setImmediate(() => response.destroy()));
    });
    const got = await fetched(path, config(server));
    expect(got.ok).toBe(false);
    expect(existsSync(got.file)).toBe(false);
  });

  test.each([
    ["stays silent", () => {}],
    ["stops in the middle", (_: IncomingMessage, response: ServerResponse) => void response.write("some")],
  ])("a server that %s is given up", async (_, serve) => {
    await using server = await oddServer(serve);
    const got = await fetched(path, config(server), { before: "fetch_stall=1" });
    expect(got).toMatchObject({ ok: false, why: expect.stringContaining("silent or too slow") });
    expect(existsSync(got.file)).toBe(false);
  });

  test("a body that trickles is given up at the total limit", async () => {
    await using server = await oddServer((_, response) => {
      const timer = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(timer));
    });
    const got = await fetched(path, config(server), { before: "fetch_total=1" });
    expect(got).toMatchObject({ ok: false, why: expect.stringContaining("silent or too slow") });
    expect(existsSync(got.file)).toBe(false);
  });

  test("nobody there is told apart", async () => {
    const server = await oddServer(() => {});
    await server[Symbol.asyncDispose]();
    const got = await fetched(path, config(server));
    expect(got).toMatchObject({ ok: false, status: "000", why: "storage cannot be connected to" });
  });

  test("a config that names files or turns on redirects is not heard", async () => {
    const other = join(folder(), "other");
    await using server = await oddServer((request, response) => {
      if (request.url === "/end") response.end("end");
      else response.writeHead(302, { location: "/end" }).end();
    });
    const lines = `output = "${other}"\nlocation\nlocation-trusted\nupload-file = "/etc/hostname"\n`;
    const got = await fetched(path, config(server, lines));
    expect(got).toMatchObject({ ok: false, status: "302" });
    expect(existsSync(other)).toBe(false);
    expect(server.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  test("no failure repeats the URL", async () => {
    await using server = await oddServer((_, response) => void response.destroy());
    const answers = [
      await fetched(path, config(server)),
      await fetched(path, `url = "gopher://127.0.0.1/${secret}"\n`),
      await fetched(path, `url = "http://127.0.0.1:99999/${secret}"\n`),
      await fetched(path, `url = "http://no.such.host.invalid/${secret}"\n`),
    ];
    for (const { ok, why, stderr } of answers) {
      expect(ok).toBe(false);
      expect(why + stderr).not.toContain(secret);
    }
  });

  test("without curl it says so", async () => {
    await using server = await oddServer(body("x"));
    const tools = folder();
    for (const tool of ["sh", "awk", "wc", "rm", "tr"])
      symlinkSync(
        execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim(),
        join(tools, tool),
      );
    const lines = `fetch_url /nowhere/file 10 || printf '%s' "$fetch_why"`;
    // The PATH that the program adds to must not bring curl back.
    const { stdout } = await callFunctions(tools, `PATH=${tools}; ${lines}`, { input: config(server) });
    expect(stdout).toBe("there is no curl on this instance");
  });

  test("the rest of a body is asked for, and what came stays", async () => {
    await using server = await oddServer((request, response) => {
      expect(request.headers.range).toBe("bytes=4-");
      response.writeHead(206, { "content-range": "bytes 4-9/10", "content-length": 6 }).end("456789");
    });
    const got = await fetched(path, config(server), { call: "fetch_rest", held: "0123", limit: 10 });
    expect(got).toMatchObject({ ok: true, status: "206" });
    expect(readFileSync(got.file, "utf8")).toBe("0123456789");
  });

  test("a cut rest stays for the next try, and one that is not served is begun again", async () => {
    await using server = await oddServer((_, response) => {
      response.writeHead(206, { "content-range": "bytes 4-9/10", "content-length": 6 });
      response.write("45", () => setImmediate(() => response.destroy()));
    });
    const cut = await fetched(path, config(server), { call: "fetch_rest", held: "0123", limit: 10 });
    expect(cut.ok).toBe(false);
    expect(readFileSync(cut.file, "utf8")).toBe("012345");
    await using whole = await oddServer(body("0123456789"));
    const again = await fetched(path, config(whole), { call: "fetch_rest", held: "0123", limit: 10 });
    expect(again.ok).toBe(false);
    expect(existsSync(again.file)).toBe(false);
  });
});
