/** What the contexts of plugins hold: connections, files that were given. Freed last first. */
export class Holdings implements AsyncDisposable {
  readonly #held: AsyncDisposable[] = [];

  hold(resource: AsyncDisposable): void {
    this.#held.push(resource);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const resource of this.#held.splice(0).reverse()) await resource[Symbol.asyncDispose]();
  }
}
