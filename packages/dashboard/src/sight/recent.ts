/** The values made last, by name: what was asked for least lately goes first. */
export class Recent<T> {
  readonly #make: (name: string) => T;
  readonly #most: number;
  readonly #values = new Map<string, T>();

  constructor(most: number, make: (name: string) => T) {
    this.#most = most;
    this.#make = make;
  }

  of(name: string): T {
    const value = this.#values.get(name) ?? this.#make(name);
    this.#values.delete(name);
    this.#values.set(name, value);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#most) break;
      this.#values.delete(oldest);
    }
    return value;
  }
}
