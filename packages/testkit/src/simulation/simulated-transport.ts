import type {
  CallContext,
  HostReply,
  HostRequest,
  OpenRequest,
  OperationContext,
  Session,
  Transport,
} from "@hawser/core/plugin";
import { Paces } from "./pace.ts";
import { SimulatedInstance } from "./simulated-instance.ts";

/** What is needed of a body: all of it flows, as over a network, and the beginning is kept. */
const keptBytes = 64 << 10;

const received = async ({
  body,
}: HostRequest): Promise<{ readonly head: Buffer; readonly sizeBytes: number }> => {
  if (body === undefined) return { head: Buffer.alloc(0), sizeBytes: 0 };
  if (body instanceof Uint8Array) return { head: Buffer.from(body), sizeBytes: body.length };
  const head: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of body.stream) {
    if (sizeBytes < keptBytes) head.push(Buffer.from(chunk));
    sizeBytes += chunk.length;
  }
  return { head: Buffer.concat(head), sizeBytes };
};

/**
 * A transport to instances that are simulated in this process: nothing runs on them, and they answer after the times that
 * real ones took. It shows what a deployer costs by their number, and nothing about instances.
 */
export class SimulatedTransport implements Transport {
  readonly #paces: Paces;
  readonly #instances = new Map<string, SimulatedInstance>();
  /** Sessions that are open now. */
  openSessions = 0;
  receivedBytes = 0;

  constructor(seed?: number) {
    this.#paces = new Paces(seed);
  }

  /** By instance: the release that is current. */
  get current(): readonly (string | undefined)[] {
    return [...this.#instances.values()].map(({ current }) => current);
  }

  async open({ instance }: OpenRequest, { signal }: OperationContext): Promise<Session> {
    await this.#paces.take("open", signal);
    const simulated = this.#instances.get(instance.id) ?? new SimulatedInstance();
    this.#instances.set(instance.id, simulated);
    this.openSessions += 1;
    let open = true;
    return {
      call: (request, context) => this.#call(simulated, request, context),
      [Symbol.asyncDispose]: async () => {
        if (open) this.openSessions -= 1;
        open = false;
      },
    };
  }

  async #call(
    instance: SimulatedInstance,
    request: HostRequest,
    { signal }: CallContext,
  ): Promise<HostReply> {
    const { head, sizeBytes } = await received(request);
    this.receivedBytes += sizeBytes;
    await this.#paces.take(request.verb, signal);
    return instance.answer(request, head);
  }
}
