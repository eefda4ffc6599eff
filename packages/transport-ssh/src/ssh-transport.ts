import {
  HawserError,
  hostBoot,
  type OpenRequest,
  type OperationContext,
  openSession,
  type Problem,
  type Session,
  type Transport,
} from "@hawser/core/plugin";
import { type ConnectContext, checkMeans, Routes, type Shell, SshProgram, type SshTarget } from "@hawser/ssh";
import { commonTarget, type SshTransportOptions, targetOf } from "./options.ts";

/** How a connection is made: by the ssh2 library or by the ssh program. */
interface Driver extends AsyncDisposable {
  connect(target: SshTarget, context: ConnectContext): Promise<Shell>;
}

/** Reaches the host program over SSH: one connection and one session for each instance that is opened. */
export class SshTransport implements Transport {
  readonly #options: SshTransportOptions;
  readonly #common: Omit<SshTarget, "host">;
  readonly #driver: Driver;

  constructor(options: SshTransportOptions, baseDirectory: string) {
    this.#options = options;
    this.#common = commonTarget(options, baseDirectory);
    this.#driver = options.driver === "openssh" ? new SshProgram() : new Routes();
  }

  async open(request: OpenRequest, context: OperationContext): Promise<Session> {
    const target = targetOf(request.instance, this.#common, this.#options.hostKeys);
    const shell = await this.#driver.connect(target, context);
    try {
      return over(shell, await openSession(await shell.start(hostBoot), request, context));
    } catch (error) {
      await shell[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Reads the key, the known_hosts files and the names of jump hosts; connects to nothing. */
  async check(): Promise<readonly Problem[]> {
    try {
      await checkMeans({ ...this.#common, host: "localhost" });
      return [];
    } catch (error) {
      if (!HawserError.is(error)) throw error;
      const { code, message, hint } = error;
      return [{ code, message, ...(hint !== undefined && { hint }), where: "transport", severity: "error" }];
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driver[Symbol.asyncDispose]();
  }
}

/** A session whose end is the end of its connection. */
const over = (shell: Shell, session: Session): Session => ({
  call: (request, context) => session.call(request, context),
  async [Symbol.asyncDispose]() {
    try {
      await session[Symbol.asyncDispose]();
    } finally {
      await shell[Symbol.asyncDispose]();
    }
  },
});
