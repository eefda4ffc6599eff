import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import {
  type InstanceReader,
  type ListedObject,
  type ObjectStat,
  type OperationContext,
  type PutRequest,
  Secret,
  type Storage,
} from "@hawser/core/plugin";
import { errors } from "./errors.ts";
import { checkedKey, checkedPrefix } from "./key.ts";
import { measured } from "./measured-body.ts";
import type { ObjectServer } from "./object-server.ts";
import type { ObjectOptions } from "./options.ts";

type Key = { readonly key: string };

/** What the seam asks, in the words of the server. */
export class ObjectStorage implements Storage {
  readonly #server: ObjectServer;
  /** Absent where no token may be given away: then no instance provisions itself from here. */
  readonly readerFor?: () => Promise<InstanceReader>;

  constructor(server: ObjectServer, { readToken }: ObjectOptions) {
    this.#server = server;
    if (readToken === undefined) return;
    const headers = { authorization: new Secret(`Bearer ${readToken.reveal()}`) };
    this.readerFor = async () => ({ kind: "https", url: server.url, headers });
  }

  async get({ key }: Key, context: OperationContext): Promise<ObjectStat & { readonly stream: Readable }> {
    const path = checkedKey(key);
    const answer = await this.#server.call({ method: "GET", path, expects: [200, 404] }, context);
    if (answer.statusCode === 200) return { ...this.#statOf(answer), stream: answer };
    answer.resume();
    throw errors.HWS_STORAGE_NOT_FOUND([key]);
  }

  async stat({ key }: Key, context: OperationContext): Promise<ObjectStat | undefined> {
    const path = checkedKey(key);
    const answer = await this.#server.call({ method: "HEAD", path, expects: [200, 404] }, context);
    answer.resume();
    return answer.statusCode === 200 ? this.#statOf(answer) : undefined;
  }

  async *list(
    { prefix }: { readonly prefix: string },
    context: OperationContext,
  ): AsyncIterable<ListedObject> {
    const wanted = checkedPrefix(prefix);
    for (let after = ""; ; ) {
      const path = `?${new URLSearchParams({ prefix: wanted, after })}`;
      const answer = await this.#server.call({ method: "GET", path, expects: [200] }, context);
      const page = this.#pageOf(await text(answer));
      for (const each of page) {
        context.signal.throwIfAborted();
        yield each;
        after = each.key;
      }
      if (page.length === 0) return;
    }
  }

  async put(request: PutRequest, context: OperationContext): Promise<ObjectStat> {
    const { key, sizeBytes, ifAbsent, ifMatch } = request;
    const answer = await this.#server.call(
      {
        method: "PUT",
        path: checkedKey(key),
        headers: {
          "content-length": sizeBytes,
          ...(ifAbsent === true && { "if-none-match": "*" }),
          ...(ifMatch !== undefined && { "if-match": ifMatch }),
        },
        body: measured(request.body, sizeBytes, () => errors.HWS_STORAGE_TRUNCATED([key, sizeBytes])),
        expects: [200, 201, 204, 412],
      },
      context,
    );
    answer.resume();
    if (answer.statusCode === 412) throw errors.HWS_STORAGE_CONFLICT([key]);
    return { etag: this.#etagOf(answer), sizeBytes };
  }

  async delete({ key }: Key, context: OperationContext): Promise<void> {
    const path = checkedKey(key);
    const answer = await this.#server.call({ method: "DELETE", path, expects: [200, 204, 404] }, context);
    answer.resume();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }

  #etagOf({ headers }: IncomingMessage): string {
    if (typeof headers.etag === "string" && headers.etag !== "") return headers.etag;
    throw errors.HWS_OBJECTS_ANSWER([this.#server.url, "an object has no ETag"]);
  }

  #statOf(answer: IncomingMessage): ObjectStat {
    const sizeBytes = Number(answer.headers["content-length"] ?? "no");
    if (Number.isSafeInteger(sizeBytes)) return { etag: this.#etagOf(answer), sizeBytes };
    throw errors.HWS_OBJECTS_ANSWER([this.#server.url, "an object has no length"]);
  }

  #pageOf(answer: string): readonly ListedObject[] {
    try {
      return (JSON.parse(answer) as readonly unknown[]).map((each) => {
        const { key, size } = Object(each) as { key?: unknown; size?: unknown };
        if (typeof key !== "string" || !Number.isSafeInteger(size)) throw new Error("an entry is none");
        return { key: checkedKey(key), sizeBytes: Number(size) };
      });
    } catch (cause) {
      throw errors.HWS_OBJECTS_ANSWER([this.#server.url, "a list is not as it should be"], { cause });
    }
  }
}
