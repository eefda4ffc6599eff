import type { Duplex } from "node:stream";
import { HawserError } from "@hawser/core/plugin";
import { describe, type Hop } from "./address.ts";
import type { Connection } from "./connection.ts";
import { dial } from "./dial.ts";
import { errors } from "./errors.ts";
import { Link } from "./link.ts";
import { type Means, readMeans } from "./means.ts";
import { within } from "./patience.ts";
import { type ConnectContext, type SshTarget, wayTo } from "./target.ts";
import { Turns } from "./turns.ts";

/** sshd allows 10 channels on a connection by default (MaxSessions); two are left to others. */
const channelLimit = 8;

interface SharedJump {
  readonly link: Promise<Link>;
  channels: number;
}

/** A stream to the next server; one that opens after everybody gave up is closed at once. */
const forwardTo = async (link: Link, to: Hop, signal: AbortSignal): Promise<Duplex> => {
  try {
    const stream = await link.forwardTcp(to.host, to.port);
    if (signal.aborted) stream.destroy();
    return stream;
  } catch (cause) {
    if (!HawserError.is(cause, "HWS_SSH_FORWARD")) throw cause;
    throw errors.HWS_TRANSPORT_UNREACHABLE([describe(to), cause.message], { cause });
  }
};

/**
 * Makes connections that share their jump hosts: one connection to a jump host carries up to eight others, then a
 * second one is opened. Logins to one server are eight at a time.
 */
export class Routes implements AsyncDisposable {
  readonly #turns = new Turns();
  readonly #jumps = new Map<string, SharedJump[]>();
  readonly #ended = new AbortController();

  /** Connects with ssh2. Every host key on the way is checked. */
  async connect(target: SshTarget, context: ConnectContext): Promise<Connection> {
    const way = wayTo(target);
    const signal = AbortSignal.any([context.signal, this.#ended.signal]);
    const means = await readMeans(target, way.length > 1);
    return this.#reach(way, means.to, means.jumps, signal);
  }

  async #reach(way: readonly Hop[], means: Means, jumpMeans: Means, signal: AbortSignal): Promise<Link> {
    const hop = way[way.length - 1] as Hop;
    const jumps = way.slice(0, -1);
    return this.#turns.run(way.map(describe).join(","), signal, async () => {
      const through = jumps.length === 0 ? undefined : await this.#through(jumps, hop, jumpMeans, signal);
      return new Link(await dial(hop, { ...means, ...(through !== undefined && { through }), signal }), hop);
    });
  }

  /** A stream to a server by way of a jump host that has a channel left. */
  async #through(jumps: readonly Hop[], to: Hop, means: Means, signal: AbortSignal): Promise<Duplex> {
    const jump = this.#jumpWithRoom(jumps, means);
    try {
      const link = await within(jump.link, signal);
      const stream = await within(forwardTo(link, to, signal), signal);
      stream.once("close", () => {
        jump.channels--;
      });
      return stream;
    } catch (error) {
      jump.channels--;
      throw error;
    }
  }

  #jumpWithRoom(jumps: readonly Hop[], means: Means): SharedJump {
    const name = jumps.map((hop) => `${hop.user}@${describe(hop)}`).join(",");
    const shared = this.#jumps.get(name) ?? [];
    this.#jumps.set(name, shared);
    let jump = shared.find(({ channels }) => channels < channelLimit);
    if (jump === undefined) {
      jump = { link: this.#reach(jumps, means, means, this.#ended.signal), channels: 0 };
      shared.push(jump);
      this.#forgetWhenLost(jump, shared);
    }
    jump.channels++;
    return jump;
  }

  #forgetWhenLost(jump: SharedJump, shared: SharedJump[]): void {
    const forget = (): void => {
      const at = shared.indexOf(jump);
      if (at >= 0) shared.splice(at, 1);
    };
    jump.link.then((link) => link.lost.then(forget), forget);
  }

  /** Ends the jump hosts' connections, and with them what goes through them. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new Error("the connections were ended"));
    const links = await Promise.allSettled([...this.#jumps.values()].flat().map((jump) => jump.link));
    await Promise.all(links.map((link) => link.status === "fulfilled" && link.value[Symbol.asyncDispose]()));
  }
}

/** Connects with ssh2 to one machine; its jump hosts' connections end with it. */
export const connect = async (target: SshTarget, context: ConnectContext): Promise<Connection> => {
  const routes = new Routes();
  try {
    const connection = await routes.connect(target, context);
    return {
      where: connection.where,
      start: (command) => connection.start(command),
      forwardStream: (path) => connection.forwardStream(path),
      forwardTcp: (host, port) => connection.forwardTcp(host, port),
      sftp: () => connection.sftp(),
      async [Symbol.asyncDispose]() {
        await connection[Symbol.asyncDispose]();
        await routes[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await routes[Symbol.asyncDispose]();
    throw error;
  }
};
