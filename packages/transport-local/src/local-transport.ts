import { isAbsolute } from "node:path";
import {
  hostBoot,
  type OpenRequest,
  type OperationContext,
  openSession,
  type Session,
  type Transport,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { startLocal } from "./local-channel.ts";

/** Runs the host program on folders of this machine. */
export class LocalTransport implements Transport {
  async open(request: OpenRequest, context: OperationContext): Promise<Session> {
    context.signal.throwIfAborted();
    if (!isAbsolute(request.root)) throw errors.HWS_TRANSPORT_ROOT([request.instance.id, request.root]);
    return openSession(await startLocal(hostBoot), request, context);
  }
}
