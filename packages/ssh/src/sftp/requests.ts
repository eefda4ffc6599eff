import { errors } from "../errors.ts";

/** What ssh2 calls with the answer to a request. */
export type Done<T> = (error: (Error & { readonly code?: unknown }) | null | undefined, answer?: T) => void;

const statuses: Readonly<Record<number, { readonly status: string; readonly why: string }>> = {
  2: { status: "missing", why: "it does not exist" },
  3: { status: "denied", why: "permission denied" },
};

/** The requests of one session that wait for their answers: the end of the session is an answer to all of them. */
export class Requests {
  readonly #where: string;
  readonly #waiting = new Set<(why: string) => void>();
  #ended: string | undefined;

  constructor(where: string) {
    this.#where = where;
  }

  end(why: string): void {
    this.#ended ??= why;
    for (const reject of this.#waiting) reject(this.#ended);
    this.#waiting.clear();
  }

  ask<T>(path: string, send: (done: Done<T>) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const lose = (why: string): void => reject(errors.HWS_TRANSPORT_LOST([this.#where, why]));
      if (this.#ended !== undefined) return lose(this.#ended);
      this.#waiting.add(lose);
      send((error, answer) => {
        this.#waiting.delete(lose);
        if (error) reject(this.#failure(path, error));
        else resolve(answer as T);
      });
    });
  }

  #failure(path: string, error: Error & { readonly code?: unknown }): Error {
    // What ssh2 answers itself when the session ends.
    if (error.message === "No response from server")
      return errors.HWS_TRANSPORT_LOST([this.#where, this.#ended ?? "the server ended the SFTP session"]);
    if (typeof error.code !== "number")
      return errors.HWS_SSH_SFTP_ANSWER([this.#where, path], { cause: error });
    const { status, why } = statuses[error.code] ?? {
      status: "failed",
      why: `the server says ${JSON.stringify(error.message.slice(0, 200))}`,
    };
    return errors.HWS_SSH_SFTP_STATUS([this.#where, path, why], { details: { status } });
  }
}
