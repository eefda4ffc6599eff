import { createHash, randomBytes, randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import {
  type CallContext,
  type HostProgram,
  type HostReply,
  type HostRequest,
  type Instance,
  type Session,
  smallBodyBytes,
  type Transport,
} from "@hawser/core/plugin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { operationContext } from "./context.ts";
import { probeProgram } from "./probe-host.ts";

/** An instance to try a transport on, and a deploy root there that the test may fill. */
export interface TransportPlace {
  readonly instance: Instance;
  readonly root: string;
  /** Whether a process of the instance is there. */
  isRunning(pid: number): Promise<boolean>;
  /** Overwrites a file below the deploy root. */
  overwrite(path: string, text: string): Promise<void>;
}

/** A transport that cannot open this instance, for one reason. */
export interface TransportFailure {
  create(): Promise<Transport>;
  readonly instance: Instance;
  readonly root: string;
}

export interface TransportSubject {
  /** `false`: it sends every request for itself, so that nothing runs on the instance between two. */
  readonly held?: false;
  /** `false`: it refuses big bodies, as its `acceptsBody` says. */
  readonly acceptsBody?: false;
  create(): Promise<Transport>;
  place(): Promise<TransportPlace>;
  /** An instance that does not answer. */
  unreachable?(): Promise<TransportFailure>;
  /** An instance whose host key is not known, and one whose key has changed. */
  unknownHostKey?(): Promise<TransportFailure>;
  changedHostKey?(): Promise<TransportFailure>;
  /** Credentials that the instance refuses. */
  refusedCredentials?(): Promise<TransportFailure>;
}

const code = (value: string) => expect.objectContaining({ code: value });
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Values that a shell, a terminal or a careless program would change. */
const hostileValues: readonly string[] = [
  `'"\`$(touch /tmp/x)\${IFS}\\n\\\\`,
  " leading and trailing ",
  "line\nbreak\r\nand\ttab",
  "%41%0a100%",
  "-n",
  "ünïcödé ✓ 🚀",
  "*?[a-z]~ !history #comment; exit 3 & | > /dev/null",
  "",
  "\u0001\u007f\u001b[31m",
];

/** The contract of a transport and its sessions, one test for each of its sentences. */
export function describeTransport(name: string, subject: TransportSubject): void {
  describe(`${name} keeps the contract of a transport`, () => {
    let transport: Transport;
    let place: TransportPlace;
    const context = operationContext;
    const held = subject.held !== false;
    const manyBytes = subject.acceptsBody === false ? 300_003 : 1_000_003;
    const sessions: Session[] = [];

    beforeEach(async () => {
      transport = await subject.create();
      place = await subject.place();
    });
    afterEach(async () => {
      for (const session of sessions.splice(0)) await session[Symbol.asyncDispose]();
      await transport[Symbol.asyncDispose]?.();
    });

    const open = async (program: HostProgram = probeProgram(), keep = false): Promise<Session> => {
      const session = await transport.open({ ...place, program, keep }, context());
      sessions.push(session);
      return session;
    };
    const ask = (
      session: Session,
      verb: string,
      body?: HostRequest["body"],
      more: Partial<CallContext> = {},
    ): Promise<HostReply> =>
      session.call({ verb, headers: {}, ...(body !== undefined && { body }) }, { ...context(), ...more });
    const facts = async (session: Session): Promise<{ sent: boolean; pid: number }> => {
      const { fields } = await ask(session, "facts");
      return { sent: fields["sent"] === "yes", pid: Number(fields["pid"]) };
    };

    describe("a session", () => {
      it("answers requests one at a time, in order", async () => {
        const session = await open(probeProgram(), !held);
        const bodies = Array.from({ length: held ? 20 : 5 }, (_, index) => Buffer.from(`request ${index}`));
        const replies = await Promise.all(bodies.map((body) => ask(session, "echo", body)));
        expect(replies.map((reply) => Buffer.from(reply.data).toString())).toEqual(bodies.map(String));
      });

      it("carries the bytes of a body unchanged, whatever they are", async () => {
        const session = await open();
        const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
        for (const body of [Buffer.alloc(0), all, Buffer.alloc(65_536, "\n"), randomBytes(manyBytes)]) {
          expect((await ask(session, "digest", body)).fields["digest"]).toBe(sha256(body));
          expect(sha256((await ask(session, "echo", body)).data)).toBe(sha256(body));
        }
      });

      if (subject.acceptsBody === false)
        it("refuses a body of more than 4 MiB with HWS_TRANSPORT_BODY when it accepts no big bodies", async () => {
          expect(transport.acceptsBody).toBe(false);
          const session = await open();
          const stream = Readable.from([Buffer.alloc(smallBodyBytes), Buffer.alloc(1)]);
          const sending = ask(session, "digest", { stream, sizeBytes: smallBodyBytes + 1 });
          await expect(sending).rejects.toEqual(code("HWS_TRANSPORT_BODY"));
        });
      else
        it("carries a streamed body of 20 MB unchanged", async () => {
          const session = await open();
          const body = randomBytes(20_000_000);
          const chunks = Array.from({ length: 200 }, (_, index) =>
            body.subarray(index * 100_000, (index + 1) * 100_000),
          );
          const { fields } = await ask(session, "digest", {
            stream: Readable.from(chunks),
            sizeBytes: body.length,
          });
          expect(fields["digest"]).toBe(sha256(body));
        });

      it("carries the values of headers unchanged, and evaluates nothing of them", async () => {
        const session = await open(probeProgram(), !held);
        const random = Array.from({ length: held ? 50 : 3 }, () => randomBytes(40).toString("latin1"));
        for (const value of [...hostileValues, ...random]) {
          const { data } = await session.call(
            { verb: "headers", headers: { "some-value": value } },
            context(),
          );
          const [, encoded] = /^some-value: (.*);$/s.exec(Buffer.from(data).toString("latin1")) ?? [];
          expect(decodeURIComponent(encoded ?? "missing")).toBe(value);
        }
      });

      it("hands on a command's output as it comes", async () => {
        const session = await open();
        const body = randomBytes(300_000);
        const chunks: Uint8Array[] = [];
        await ask(session, "output", body, { output: (chunk) => chunks.push(chunk) });
        expect(sha256(Buffer.concat(chunks))).toBe(sha256(body));
      });

      it("that loses its connection is HWS_TRANSPORT_LOST, which may be tried again, never a reply", async () => {
        const session = await open();
        const lost = expect.objectContaining({ code: "HWS_TRANSPORT_LOST", retryable: true });
        await expect(ask(session, "leave")).rejects.toEqual(lost);
        await expect(ask(session, "facts")).rejects.toEqual(lost);
      });

      it("breaks on a body of another length than promised", async () => {
        for (const [sizeBytes, size] of [
          [10, 5],
          [5, 10],
        ] as const) {
          const session = await open();
          const stream = Readable.from([randomBytes(size)]);
          await expect(ask(session, "digest", { stream, sizeBytes })).rejects.toThrow();
          await expect(ask(session, "facts")).rejects.toThrow();
        }
      });

      it("ends when a call is aborted", async () => {
        const session = await open();
        const { pid } = await facts(session);
        expect(await place.isRunning(pid)).toBe(held);
        const abort = new AbortController();
        const call = ask(session, "wait", undefined, { signal: abort.signal });
        const reason = new Error("gave up");
        abort.abort(reason);
        await expect(call).rejects.toBe(reason);
        await expect(ask(session, "facts")).rejects.toThrow();
        await expect.poll(() => place.isRunning(pid), { timeout: 20_000 }).toBe(false);
      });

      it("ends its program when it is disposed, and may be disposed twice", async () => {
        const session = await open();
        const { pid } = await facts(session);
        expect(await place.isRunning(pid)).toBe(held);
        await session[Symbol.asyncDispose]();
        await session[Symbol.asyncDispose]();
        await expect.poll(() => place.isRunning(pid), { timeout: 20_000 }).toBe(false);
        await expect(ask(session, "facts")).rejects.toThrow();
      });

      it("is apart from another session of the same transport", async () => {
        const [one, two] = [await open(), await open()];
        await expect(ask(one, "leave")).rejects.toThrow();
        expect((await facts(two)).pid).toBeGreaterThan(0);
      });
    });

    describe("open", () => {
      // Where nothing is held, the word that opens has sent a program that may be kept, and the next finds it.
      it("sends the program only when the instance does not hold it", async () => {
        const program = probeProgram(randomUUID());
        expect((await facts(await open(program, true))).sent).toBe(held);
        expect((await facts(await open(program, true))).sent).toBe(false);
        expect((await facts(await open(program, false))).sent).toBe(false);
      });

      it("leaves nothing on the instance when the program may not be kept", async () => {
        const program = probeProgram(randomUUID());
        expect((await facts(await open(program, false))).sent).toBe(true);
        expect((await facts(await open(program, false))).sent).toBe(true);
      });

      it("checks the digest of the program there, of one that is kept and of one that is sent", async () => {
        const program = probeProgram(randomUUID());
        await facts(await open(program, true));
        await place.overwrite(`.hawser/host/${program.digest}`, `${program.text}echo changed\n`);
        expect((await facts(await open(program, true))).sent).toBe(held);
        const other = { digest: sha256(Buffer.from("another program")), text: program.text };
        await expect(open(other).then(facts)).rejects.toThrow();
      });

      it("stops soon when it is aborted", async () => {
        const signal = AbortSignal.abort(new Error("gave up"));
        const opening = transport.open(
          { ...place, program: probeProgram(), keep: false },
          context({ signal }),
        );
        await expect(opening).rejects.toThrow("gave up");
      });
    });

    const fails = async (failure: TransportFailure, expected: unknown): Promise<void> => {
      const failing = await failure.create();
      const opening = failing.open({ ...failure, program: probeProgram(), keep: false }, context());
      await expect(opening).rejects.toEqual(expected);
      await failing[Symbol.asyncDispose]?.();
    };

    const { unreachable, unknownHostKey, changedHostKey, refusedCredentials } = subject;
    if (unreachable !== undefined)
      it("an instance that does not answer is HWS_TRANSPORT_UNREACHABLE, which may be tried again", async () => {
        const expected = expect.objectContaining({ code: "HWS_TRANSPORT_UNREACHABLE", retryable: true });
        await fails(await unreachable(), expected);
      });
    if (unknownHostKey !== undefined)
      it("a host key that is unknown is HWS_TRANSPORT_HOST_KEY", async () => {
        await fails(await unknownHostKey(), code("HWS_TRANSPORT_HOST_KEY"));
      });
    if (changedHostKey !== undefined)
      it("a host key that has changed is HWS_TRANSPORT_HOST_KEY", async () => {
        await fails(await changedHostKey(), code("HWS_TRANSPORT_HOST_KEY"));
      });
    if (refusedCredentials !== undefined)
      it("refused credentials are HWS_TRANSPORT_AUTH", async () => {
        await fails(await refusedCredentials(), code("HWS_TRANSPORT_AUTH"));
      });
  });
}
