import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AwsAccount } from "./aws-account.ts";
import { awsAction } from "./aws-actions.ts";
import { AwsRefusal, type AwsRequest, awsAnswer, awsRefusalAnswer, readAwsRequest } from "./aws-query.ts";
import { listenOn } from "./listening.ts";

/**
 * A stand-in for AWS, written from its documented facts; AWS was not asked. It has what the moto server lacks: targets
 * that are `initial` and `draining`, classic load balancers that drain, hooks that hold machines, throttling; and it
 * carries HTTP to healthy targets. Signatures are not verified.
 */
export interface AwsServer extends AsyncDisposable {
  readonly endpoint: string;
  /** The only access key that it takes. */
  accessKeyId: string;
  readonly secretAccessKey: string;
  readonly account: AwsAccount;
  /** Every call, in order, also those that were throttled. */
  readonly requests: readonly AwsRequest[];
  /** So many items on a page. Default 50. */
  pageSize: number;
  /** Every so many calls one is told that the rate is exceeded; 0 for none. */
  throttleEvery: number;
  /** Connections are cut without an answer. */
  down: boolean;
  /** Changes the text of an answer. */
  alter: ((request: AwsRequest, text: string) => string) | undefined;
}

class StandIn {
  readonly account: AwsAccount = new AwsAccount();
  readonly requests: AwsRequest[] = [];
  accessKeyId: string = `AKIA${randomBytes(8).toString("hex").toUpperCase()}`;
  readonly secretAccessKey: string = randomBytes(20).toString("hex");
  pageSize = 50;
  throttleEvery = 0;
  down = false;
  alter: AwsServer["alter"];

  async answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (this.down) return void incoming.socket.destroy();
    const request = await readAwsRequest(incoming);
    this.requests.push(request);
    try {
      this.#admit(request);
      const text = awsAnswer(request, awsAction(request)(this.account, request, this.pageSize));
      this.#send(outgoing, 200, this.alter?.(request, text) ?? text);
    } catch (error) {
      const refusal =
        error instanceof AwsRefusal ? error : new AwsRefusal(500, "InternalFailure", String(error));
      this.#send(outgoing, refusal.status, awsRefusalAnswer(request, refusal));
    }
  }

  #admit(request: AwsRequest): void {
    if (request.accessKeyId !== this.accessKeyId)
      throw new AwsRefusal(
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
      );
    if (this.throttleEvery === 0 || this.requests.length % this.throttleEvery !== 0) return;
    const code = request.service === "ec2" ? "RequestLimitExceeded" : "Throttling";
    throw new AwsRefusal(request.service === "ec2" ? 503 : 400, code, "Rate exceeded");
  }

  #send(outgoing: ServerResponse, status: number, text: string): void {
    outgoing.writeHead(status, { "content-type": "text/xml" });
    outgoing.end(text);
  }
}

/** Starts it on a random port of loopback. */
export const startAwsStandIn = async (): Promise<AwsServer> => {
  const standIn = new StandIn();
  const listening = await listenOn(
    createServer((incoming, outgoing) => {
      standIn.answer(incoming, outgoing).catch(() => outgoing.destroy());
    }),
  );
  return Object.assign(standIn, {
    endpoint: `http://127.0.0.1:${listening.port}`,
    [Symbol.asyncDispose]: async () => {
      await standIn.account[Symbol.asyncDispose]();
      await listening[Symbol.asyncDispose]();
    },
  });
};
