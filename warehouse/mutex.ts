import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Lets pieces of work take turns, first come, first served. What a piece of work starts is part of its turn: it does not
 * wait, and finds what the turn was given.
 */
export class Mutex<T> {
  readonly #current = new AsyncLocalStorage<T>();
  #last: Promise<unknown> = Promise.resolve();

  /** What the turn was given that the caller is part of; undefined outside of any. */
  get current(): T | undefined {
    return this.#current.getStore();
  }

  take<R>(given: T, work: () => Promise<R>): Promise<R> {
    const result = this.#last.then(() => this.#current.run(given, work));
    this.#last = result.catch(() => {});
    return result;
  }
}
