import "reflect-metadata";
import { container, type DependencyContainer, instanceCachingFactory } from "tsyringe";

/** A typed name of something that a scope makes. */
export interface Token<T> {
  readonly symbol: symbol;
  readonly "~type"?: T;
}

export const token = <T>(description: string): Token<T> => ({ symbol: Symbol(description) });

type Made = { [Symbol.asyncDispose]?(): Promise<void> };

/**
 * The composition root: the only file that knows the container. One child container an engine, one a run; plugins
 * never see it. The container's own disposal is unordered and misses factories (docs/adr/0010-composition-root.md),
 * so that a scope keeps its own list and frees in reverse order of making.
 */
export class Scope implements AsyncDisposable {
  readonly #container: DependencyContainer;
  readonly #made: Made[] = [];

  constructor(parent?: Scope) {
    this.#container = (parent === undefined ? container : parent.#container).createChildContainer();
  }

  child(): Scope {
    return new Scope(this);
  }

  /** Declares how something is made: once in this scope, when it is first asked for. */
  provide<T>(name: Token<T>, make: (scope: Scope) => T): void {
    this.#container.register<T>(name.symbol, {
      useFactory: instanceCachingFactory(() => {
        const made = make(this);
        this.#made.push(made as Made);
        return made;
      }),
    });
  }

  get<T>(name: Token<T>): T {
    return this.#container.resolve<T>(name.symbol);
  }

  /** Frees what was made, last first; a failure does not keep the rest from being freed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const made of this.#made.splice(0).reverse()) {
      const settled = made instanceof Promise ? await made.catch(() => undefined) : made;
      await settled?.[Symbol.asyncDispose]?.().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
