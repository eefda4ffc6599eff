/** Nobody else came for so long: the turn is over. */
const quietMs = 20;
/** A turn ends by now, however many still come. */
const longestMs = 250;

/** A short time in which requests are gathered. It begins with the first one. */
export class Turn {
  readonly #over: () => void;
  #quiet: NodeJS.Timeout | undefined;
  #longest: NodeJS.Timeout | undefined;

  constructor(over: () => void) {
    this.#over = over;
  }

  /** One more has come; with `all` nobody else can. */
  another(all: boolean): void {
    if (all) {
      this.#end();
      return;
    }
    this.#longest ??= setTimeout(() => this.#end(), longestMs);
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#end(), quietMs);
  }

  #end(): void {
    clearTimeout(this.#quiet);
    clearTimeout(this.#longest);
    this.#quiet = undefined;
    this.#longest = undefined;
    this.#over();
  }
}
