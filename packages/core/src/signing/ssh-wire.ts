/** Reads the strings of which SSH's formats are made: a length of four bytes, then as many bytes (RFC 4251, 5). */
export class SshWire {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Error("it ends too early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  count(): number {
    return this.take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.take(this.count());
  }

  text(): string {
    return this.string().toString("latin1");
  }

  /** Nothing may follow: two readers would take the rest differently. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new Error("something follows its end");
  }
}

/** A string as `SshWire` reads it. */
export const sshString = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** The one spelling of base64: what decodes alike but is written differently is refused. */
export const strictBase64 = (text: string): Buffer => {
  const bytes = Buffer.from(text, "base64");
  if (text === "" || bytes.toString("base64") !== text) throw new Error("it is not base64");
  return bytes;
};
