import { setTimeout as sleep } from "node:timers/promises";
import { HawserError, type OperationContext } from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import type { Files } from "./files.ts";
import type { Decide } from "./moves.ts";
import type { Place } from "./place.ts";
import type { RuntimeSocket } from "./runtime-socket.ts";
import { AnswerFault, lookCommand, parseLook, type ServerState, type Servers } from "./server-state.ts";
import type { StateFile } from "./state-file.ts";

/** Until when to go on, and what to throw then. */
export interface Limit {
  readonly ms: number;
  readonly reached: (seen: readonly ServerState[]) => HawserError;
}

// A reload hands the socket from one process to the next; connections made in between may be cut.
const reloadMs = 5_000;
const firstPauseMs = 20;
const longestPauseMs = 250;

// What a change answers when it is done, and when the server moved between our look and our command.
const accepted =
  /^(?:New server registered\.|Server deleted\.|(?:IP changed from|port changed from|no need to change) .*|)$/;
const moved = /^(?:No such server\.|Already exists a server with the same name|Server still has )/;

/** What of the machine on which a HAProxy runs can be reached. */
export interface Machine {
  readonly files?: Files | undefined;
  /** With a state file, what every change leaves is kept for the next reload. */
  readonly stateFile?: StateFile;
}

/** One HAProxy: what it shows of a backend, and how a server of it is brought to a state. */
export class Haproxy {
  readonly socket: RuntimeSocket;
  readonly #backend: string;
  readonly files: Files | undefined;
  readonly stateFile: StateFile | undefined;

  constructor(socket: RuntimeSocket, backend: string, machine: Machine = {}) {
    this.socket = socket;
    this.#backend = backend;
    this.files = machine.files;
    this.stateFile = machine.stateFile;
  }

  /** The servers of the backend, by name. */
  async look(context: OperationContext): Promise<Servers> {
    const answer = await this.socket.ask(lookCommand(this.#backend), context);
    if (/^Can't find backend\./.test(answer)) {
      throw errors.HWS_LB_UNKNOWN_BACKEND([this.socket.label, this.#backend]);
    }
    if (/^Permission denied/.test(answer)) throw errors.HWS_LB_NOT_ADMIN([this.socket.label]);
    try {
      return parseLook(answer);
    } catch (error) {
      if (!(error instanceof AnswerFault)) throw error;
      throw errors.HWS_LB_BAD_ANSWER([this.socket.label, error.message], { cause: error });
    }
  }

  /**
   * Looks and moves until nothing is left to do, and gives what was seen then. Level-based: every look decides anew,
   * so that a reload, which forgets all states set at run time, is mended by the next look.
   */
  async settle(
    decide: Decide,
    place: Place,
    limit: Limit,
    context: OperationContext,
  ): Promise<readonly ServerState[]> {
    const end = performance.now() + limit.ms;
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
      const servers = await this.#lookThroughReload(context);
      const move = decide(servers, place);
      if (move === "done") return place.find(servers);
      if (performance.now() >= end) throw limit.reached(place.find(servers));
      if (move !== "wait") {
        await this.#change(move.command, context);
        await this.stateFile?.save(this.socket, context);
        pauseMs = firstPauseMs;
      }
      await sleep(pauseMs, undefined, { signal: context.signal });
    }
  }

  async #lookThroughReload(context: OperationContext): Promise<Servers> {
    const end = performance.now() + reloadMs;
    for (;;) {
      try {
        return await this.look(context);
      } catch (error) {
        if (!(HawserError.is(error) && error.retryable) || performance.now() >= end) throw error;
        await sleep(longestPauseMs, undefined, { signal: context.signal });
      }
    }
  }

  async #change(command: string, context: OperationContext): Promise<void> {
    await context.confirm?.();
    context.logger.debug("haproxy command", { socket: this.socket.label, command });
    const answer = await this.#askThroughReload(command, context);
    for (const line of answer.split("\n").map((text) => text.trim())) {
      if (accepted.test(line)) continue;
      if (moved.test(line)) return;
      if (/^Permission denied/.test(line)) throw errors.HWS_LB_NOT_ADMIN([this.socket.label]);
      const said = line.replace(/[^ -~]/g, "").slice(0, 200);
      throw errors.HWS_LB_REFUSED([this.socket.label, command, said]);
    }
  }

  // A change whose answer was lost is like one that was not given: the next look tells.
  async #askThroughReload(command: string, context: OperationContext): Promise<string> {
    try {
      return await this.socket.ask(command, context);
    } catch (error) {
      if (HawserError.is(error) && error.retryable) return "";
      throw error;
    }
  }
}
