import type { Readable } from "node:stream";
import type { HawserError } from "../errors/hawser-error.ts";
import type { OperationContext, Provider } from "./common.ts";
import type { Instance } from "./inventory.ts";

/** The host program: one POSIX sh text, named by its own digest. */
export interface HostProgram {
  /** sha256 of the text, 64 hexadecimal digits. */
  readonly digest: string;
  readonly text: Uint8Array;
}

/** A request to the host program. Its wire form is `docs/reference/host-protocol.md`. */
export interface HostRequest {
  /** `[a-z][a-z.]*` */
  readonly verb: string;
  /** Keys are `[a-z][a-z-]*`; values are text, sent percent-encoded. */
  readonly headers: Readonly<Record<string, string>>;
  /** A body of known length; a stream of another length breaks the session. */
  readonly body?: Uint8Array | { readonly stream: Readable; readonly sizeBytes: number };
}

/** The last word of the host program on one request. */
export interface HostReply {
  /** The JSON line, parsed and at most 64 KiB; hostile until its reader has checked it. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The payload of verbs that answer with lines; empty otherwise. At most 64 MiB. */
  readonly data: Uint8Array;
}

export interface CallContext extends OperationContext {
  /** The output of a command, as it comes. */
  output?(chunk: Uint8Array): void;
}

/** A program held open on one instance; requests are answered one at a time, in order. */
export interface Session {
  /**
   * Sends one request and waits for its reply.
   * - Bytes of the body arrive unchanged, whatever they are.
   * - A lost connection is `HWS_TRANSPORT_LOST` (retryable), never a reply.
   * - An aborted call ends the session; a command already started on the instance runs on to its own limit.
   */
  call(request: HostRequest, context: CallContext): Promise<HostReply>;
  /** Ends the session. May be called twice. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface OpenRequest {
  readonly instance: Instance;
  readonly program: HostProgram;
  /** The deploy root on the instance, absolute, of `[A-Za-z0-9._/-]`. */
  readonly root: string;
  /** Whether the program may be kept on the instance: false for verbs that change nothing. */
  readonly keep: boolean;
}

/** One request for many instances at once. */
export interface BroadcastRequest {
  readonly instances: readonly Instance[];
  readonly program: HostProgram;
  /** The deploy root, the same on each of them. */
  readonly root: string;
  readonly keep: boolean;
  readonly request: HostRequest;
}

/** What came of a broadcast on one instance. */
export type BroadcastAnswer =
  | {
      readonly instance: string;
      readonly reply: HostReply;
      /** The output of a command, whole. */
      readonly output?: Uint8Array;
    }
  | { readonly instance: string; readonly error: HawserError };

/** How the host program is reached. */
export interface Transport extends Provider {
  /**
   * Absent: bodies may have any size. `false`: bodies of more than 4 MiB are `HWS_TRANSPORT_BODY`, and what is bigger is
   * fetched from storage by the instances.
   */
  readonly acceptsBody?: false;
  /** `true`: what is sent is recorded on its way, so that nothing secret is ever sent. */
  readonly recordsRequests?: true;
  /**
   * Starts the host program on an instance and hands over the session.
   * - An instance that does not answer is `HWS_TRANSPORT_UNREACHABLE`.
   * - A host key that is unknown or has changed is `HWS_TRANSPORT_HOST_KEY`, and nothing was sent.
   * - Refused credentials are `HWS_TRANSPORT_AUTH`.
   * - The program is sent only when the instance does not hold it, and its digest is checked there.
   */
  open(request: OpenRequest, context: OperationContext): Promise<Session>;
  /**
   * Publishes one request for many instances, and yields what became of it as the answers come.
   * - Every instance yields exactly once, whatever becomes of the others.
   * - One that is silent, or not known to what publishes, is `HWS_TRANSPORT_UNREACHABLE`.
   * - One that took the request and whose answer never came is `HWS_TRANSPORT_LOST`.
   */
  broadcast?(request: BroadcastRequest, context: OperationContext): AsyncIterable<BroadcastAnswer>;
}
