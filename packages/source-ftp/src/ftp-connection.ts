import type { OpenedPart } from "@hawser/core/plugin";
import { Client, FTPError } from "basic-ftp";
import { dataConnections } from "./data-connection.ts";
import {
  directoryFailure,
  fileFailure,
  listingFailure,
  openingFailure,
  usageFailure,
} from "./ftp-failure.ts";
import { beginSession, type FtpSession } from "./ftp-login.ts";
import type { FtpPlace } from "./ftp-place.ts";
import { Incoming } from "./incoming.ts";
import { untilAborted } from "./until-aborted.ts";

/** How a server tells what is in a directory. */
export type ListingForm = "MLSD" | "LIST -a" | "LIST";

/** The text of one directory's listing. */
export interface RawListing {
  readonly text: string;
  readonly form: ListingForm;
}

interface Open extends FtpSession {
  readonly client: Client;
}

/** Of one directory: some two hundred thousand names. */
const maxListingBytes = 32 * 1024 * 1024;

/** Refusals of `LIST -a` by servers whose LIST takes no options. */
const noOptions = [500, 501, 502, 504];

/**
 * One control connection. It carries one transfer at a time, opens itself at its first use, and again after it broke.
 */
export class FtpConnection {
  readonly #place: FtpPlace;
  readonly #signal: AbortSignal;
  #opened: Open | undefined;
  #withoutOptions = false;

  constructor(place: FtpPlace, signal: AbortSignal) {
    this.#place = place;
    this.#signal = signal;
  }

  /** Connects and logs in, unless that is done. */
  async open(): Promise<Open> {
    this.#signal.throwIfAborted();
    if (this.#opened?.client.closed === false) return this.#opened;
    const client = new Client(this.#place.silenceMs, { maxListingBytes });
    client.prepareTransfer = dataConnections(this.#place.url);
    try {
      this.#opened = { client, ...(await beginSession(client, this.#place, this.#signal)) };
      return this.#opened;
    } catch (error) {
      client.close();
      this.#signal.throwIfAborted();
      throw openingFailure(error, this.#place.url);
    }
  }

  /** Lists one directory, named by its path from the place's own. */
  async list(folder: string): Promise<RawListing> {
    const { features, home } = await this.open();
    const path = pathOf(this.#place, home, folder);
    const where = { path, url: this.#place.url };
    // The directory is entered, since a path that is given to LIST may be read as a pattern or an option.
    await this.#use((client) => client.send(`CWD ${path}`)).catch((error: unknown) => {
      throw directoryFailure(error, where);
    });
    const form = features.has("MLST") ? "MLSD" : this.#withoutOptions ? "LIST" : "LIST -a";
    try {
      return { form, text: await this.#use((client) => listingText(client, form)) };
    } catch (error) {
      const again = form === "LIST -a" && error instanceof FTPError && noOptions.includes(error.code);
      if (!again) throw listingFailure(error, where);
      this.#withoutOptions = true;
      return await this.list(folder);
    }
  }

  /** The length of a file; undefined when there is no such file. */
  async sizeOf(file: string): Promise<number | undefined> {
    const size = /^213 (\d{1,15})\b/.exec(await this.#fact("SIZE", file))?.[1];
    return size === undefined ? undefined : Number(size);
  }

  /** When a file was changed, `YYYYMMDDHHMMSS` in UTC; undefined when the server does not tell. */
  async timeOf(file: string): Promise<string | undefined> {
    const { features } = await this.open();
    if (!features.has("MDTM")) return undefined;
    return /^213 (\d{14}(?:\.\d{1,9})?)\b/.exec(await this.#fact("MDTM", file))?.[1];
  }

  /**
   * Opens a file at an offset, or from its beginning where the server cannot do that. The stream fails unless the
   * server confirms that all was sent. Nothing else may be asked before it has ended.
   */
  async download(file: string, offset: number): Promise<OpenedPart> {
    const { client, home } = await this.open();
    const path = pathOf(this.#place, home, file);
    const incoming = new Incoming(() => client.close());
    let refused = false;
    const done = this.#use(() => client.downloadTo(incoming.sink, path, offset)).then(
      () => incoming.finish(),
      (error: unknown) => {
        refused = error instanceof FTPError && error.code >= 500;
        const failure = fileFailure(error, { path, url: this.#place.url });
        incoming.fail(failure);
        throw failure;
      },
    );
    try {
      await Promise.race([incoming.begun, done]);
      done.catch(() => {});
      return { stream: incoming.stream, offset };
    } catch (error) {
      // What is refused may be the offset; whether the file is too, shows without one.
      if (offset > 0 && refused) return await this.download(file, 0);
      throw error;
    }
  }

  close(): void {
    this.#opened?.client.close();
  }

  /** The reply to a question about one file; empty for a file that is not there. */
  async #fact(command: "SIZE" | "MDTM", file: string): Promise<string> {
    const { home } = await this.open();
    const path = pathOf(this.#place, home, file);
    try {
      return (await this.#use((client) => client.send(`${command} ${path}`))).message;
    } catch (error) {
      if (error instanceof FTPError && error.code === 550) return "";
      throw usageFailure(error, this.#place.url, `${command} ${path}`);
    }
  }

  /** One exchange. A refusal comes out as it is; after anything else the connection is not used any more. */
  async #use<T>(exchange: (client: Client) => Promise<T>): Promise<T> {
    const { client } = await this.open();
    try {
      return await untilAborted(this.#signal, exchange(client));
    } catch (error) {
      if (!(error instanceof FTPError) || error.code === 421) client.close();
      this.#signal.throwIfAborted();
      throw error;
    }
  }
}

/** The absolute path on the server of what the place has under a relative one. */
const pathOf = ({ path }: FtpPlace, home: string, inside: string): string => {
  const start = path.startsWith("/") ? path : `${home}/${path}`;
  return `${start}/${inside}`.replaceAll(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");
};

/** The library's own parsers leave out what they do not understand: only the text is taken from it. */
const listingText = async (client: Client, form: ListingForm): Promise<string> => {
  let text = "";
  client.parseList = (raw) => {
    text = raw;
    return [];
  };
  client.availableListCommands = [form];
  await client.list();
  return text;
};
