import { problemsOf } from "@hawser/aws";
import type { HawserError, OperationContext, PluginContext, Problem, Revision } from "@hawser/core/plugin";
import { makeClient, type S3 } from "@hawser/s3";
import { errors } from "./errors.ts";
import { checkOptions } from "./option-check.ts";
import type { S3SourceOptions } from "./options.ts";
import { checkRef, type Place, placeOf, takesRef } from "./place.ts";
import { requestHandler } from "./request-handler.ts";

/** The store of a source's options: its client, made when it is first needed, and where refs lie in it. */
export class Store implements AsyncDisposable {
  readonly options: S3SourceOptions;
  readonly plugin: PluginContext;
  #s3: Promise<S3> | undefined;

  constructor(options: S3SourceOptions, plugin: PluginContext) {
    checkOptions(options);
    this.options = options;
    this.plugin = plugin;
  }

  async s3(): Promise<S3> {
    this.#s3 ??= makeClient(this.options, (ca) =>
      requestHandler(this.plugin, { bucket: this.options.bucket, ca }),
    );
    try {
      return await this.#s3;
    } catch (error) {
      this.#s3 = undefined;
      throw error;
    }
  }

  /** Where a ref lies, and what a person calls it. */
  find(asked: string | undefined): { readonly place: Place; readonly label: string } {
    const place = placeOf(this.options, asked);
    const name = place.path.split("/").findLast((part) => part !== "") ?? place.bucket;
    return { place, label: takesRef(this.options) ? (asked ?? this.options.ref ?? name) : name };
  }

  /** Where a revision was seen: its label is the ref. */
  placeOf({ label }: Revision): Place {
    return placeOf(this.options, takesRef(this.options) ? checkRef(label ?? "") : undefined);
  }

  nothingAt(place: Place, label: string): HawserError {
    return takesRef(this.options)
      ? errors.HWS_SOURCE_REF_NOT_FOUND([label, place.shown])
      : errors.HWS_S3_NO_OBJECT([place.shown]);
  }

  /** What hinders a look at the state that is deployed when none is asked for; without one only the options count. */
  async check(look: () => Promise<unknown>, context: OperationContext): Promise<readonly Problem[]> {
    return await problemsOf("source", context, async () => {
      await this.s3();
      if (!takesRef(this.options) || this.options.ref !== undefined) await look();
      return [];
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const made = await this.#s3?.catch(() => undefined);
    this.#s3 = undefined;
    made?.client.destroy();
  }
}
