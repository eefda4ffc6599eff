import type { OperationContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { Files } from "./files.ts";
import type { RuntimeSocket } from "./runtime-socket.ts";

const rounds = 5;

// Columns that tell how long something has lasted or how its last check went: no two looks agree on them.
const fleeting = new Set([
  "srv_time_since_last_change",
  "srv_check_status",
  "srv_check_result",
  "srv_check_health",
  "srv_check_state",
  "srv_op_state",
]);

/** What of a state must not be lost: who is in and out, with which weight, at which address. */
const lasting = (state: string): string => {
  const [, head = "", ...rows] = state.split("\n");
  const names = head.slice(2).trimEnd().split(" ");
  const kept = names.flatMap((name, at) => (fleeting.has(name) ? [] : [at]));
  return rows.map((row) => kept.map((at) => row.split(" ")[at]).join(" ")).join("\n");
};

/** The file from which HAProxy takes the states of its servers when it is reloaded. */
export class StateFile {
  readonly path: string;
  readonly #files: Files;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string, files: Files) {
    this.path = path;
    this.#files = files;
  }

  /**
   * Writes what HAProxy holds now, of all its backends, since the file is one for all. Reads again what was written
   * about: of two deployers that write at once, the one that wrote the older state writes again. A failure is a warning:
   * what HAProxy holds is as it was asked for.
   */
  save(socket: RuntimeSocket, context: OperationContext): Promise<void> {
    const saving = this.#turn.then(() => this.#save(socket, context));
    this.#turn = saving.catch(() => {});
    return saving;
  }

  async #save(socket: RuntimeSocket, context: OperationContext): Promise<void> {
    try {
      let state = await this.read(socket, context);
      for (let round = 0; round < rounds; round++) {
        await this.#files.write(this.path, state, context);
        const now = await this.read(socket, context);
        if (lasting(now) === lasting(state)) return;
        state = now;
      }
    } catch (error) {
      context.signal.throwIfAborted();
      const why = (error as Error).message;
      context.logger.warn("the state of the servers could not be kept: the next reload forgets it", {
        socket: socket.label,
        file: this.path,
        why,
      });
    }
  }

  /** The state of all servers as HAProxy writes it, whole. */
  async read(socket: RuntimeSocket, context: OperationContext): Promise<string> {
    const state = await socket.ask("show servers state", context);
    if (/^1\n# be_id [\s\S]*\n\n$/.test(state)) return state;
    throw errors.HWS_LB_BAD_ANSWER([socket.label, "the servers' state is cut, or of another form"]);
  }

  /** Writes the file once, to prove that it can be written. */
  async prove(socket: RuntimeSocket, context: OperationContext): Promise<void> {
    await this.#files.write(this.path, await this.read(socket, context), context);
  }
}
