import { createHash } from "node:crypto";
import { type FileHandle, open, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { writeWhole } from "./part-file.ts";

/** A piece of an artifact and the gzip member made of it. */
export interface Member {
  /** Of the piece, 64 hexadecimal digits. */
  readonly input: string;
  /** Of the member. */
  readonly sha256: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

const line = /^([0-9a-f]{64}) ([0-9a-f]{64}) (\d{1,15}) (\d{1,15})$/;
const heading = "hawser-members 1";

const digestOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const parse = (text: string): { name: string; members: Map<string, Member> } | undefined => {
  const [first = "", name = "", ...lines] = text.split("\n");
  if (first !== heading || name === "" || name !== basename(name)) return undefined;
  const members = new Map<string, Member>();
  for (const found of lines.map((each) => line.exec(each))) {
    if (found === null) continue;
    const [, input = "", sha256 = "", offset, sizeBytes] = found;
    members.set(input, { input, sha256, offset: Number(offset), sizeBytes: Number(sizeBytes) });
  }
  return { name, members };
};

/** The members of the stored form that was made last, of which the next one takes over those that did not change. */
export class KnownMembers implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #members: ReadonlyMap<string, Member>;

  private constructor(file: FileHandle, members: ReadonlyMap<string, Member>) {
    this.#file = file;
    this.#members = members;
  }

  /** Undefined when there is no list, or none that can be used: then everything is compressed. */
  static async open(list: string): Promise<KnownMembers | undefined> {
    const text = await readFile(list, "utf8").catch(() => "");
    const parsed = parse(text);
    if (parsed === undefined) return undefined;
    const file = await open(join(dirname(list), parsed.name)).catch(() => undefined);
    return file && new KnownMembers(file, parsed.members);
  }

  /** Lists the members of a stored form that lies beside the list. */
  static async save(list: string, storedForm: string, members: readonly Member[]): Promise<void> {
    const lines = members.map(
      ({ input, sha256, offset, sizeBytes }) => `${input} ${sha256} ${offset} ${sizeBytes}\n`,
    );
    await writeWhole(list, async (file) => {
      await file.writeFile(`${heading}\n${basename(storedForm)}\n${lines.join("")}`);
    });
  }

  /** The member made of a piece with this digest. Bytes that are not the ones that were listed are no member. */
  async find(input: string): Promise<Buffer | undefined> {
    const member = this.#members.get(input);
    if (member === undefined) return undefined;
    const bytes = Buffer.allocUnsafe(member.sizeBytes);
    const { bytesRead } = await this.#file.read(bytes, 0, member.sizeBytes, member.offset);
    return bytesRead === member.sizeBytes && digestOf(bytes) === member.sha256 ? bytes : undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
