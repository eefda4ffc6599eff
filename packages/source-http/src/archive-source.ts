import { createReadStream } from "node:fs";
import type {
  ArchiveFormat,
  ArchiveSource,
  OpenedArchive,
  OperationContext,
  Problem,
  Revision,
} from "@hawser/core/plugin";
import type { Artifact } from "./artifact.ts";
import { expectArchive } from "./first-bytes.ts";

/** An artifact that is an archive: core unpacks it by its rules. */
export class HttpArchiveSource implements ArchiveSource {
  readonly #artifact: Artifact;
  readonly #format: ArchiveFormat;
  readonly #stripComponents: number;

  constructor(artifact: Artifact, format: ArchiveFormat, stripComponents: number) {
    this.#artifact = artifact;
    this.#format = format;
    this.#stripComponents = stripComponents;
  }

  async resolve({ ref }: { readonly ref?: string }, context: OperationContext): Promise<Revision> {
    return await this.#artifact.resolve(ref, context);
  }

  async open(
    { revision }: { readonly revision: Revision },
    context: OperationContext,
  ): Promise<OpenedArchive> {
    const { path } = await this.#artifact.bring(revision, context);
    await expectArchive(path, this.#format, this.#artifact.shown(revision));
    const stream = createReadStream(path);
    return { stream, format: this.#format, stripComponents: this.#stripComponents };
  }

  async check(context: OperationContext): Promise<readonly Problem[]> {
    return await this.#artifact.check(context);
  }
}
