/** One version of a record: what it said from an instant on. */
export interface Version<T> {
  readonly at: number;
  readonly data: Readonly<T>;
}

/** A record of some system and how it changed. Changes may be noted in any order, ahead of time too. */
export class History<T extends object> {
  readonly id: string;
  readonly createdAt: number;
  readonly #first: T;
  readonly #changes: { readonly at: number; readonly patch: Partial<T> }[] = [];

  constructor(id: string, createdAt: number, first: T) {
    this.id = id;
    this.createdAt = createdAt;
    this.#first = first;
  }

  change(at: number, patch: Partial<T>): void {
    this.#changes.push({ at: Math.max(at, this.createdAt), patch });
  }

  /** Every version, oldest first; changes of one instant make one version. */
  versions(): Version<T>[] {
    const versions: Version<T>[] = [{ at: this.createdAt, data: this.#first }];
    for (const { at, patch } of this.#changes.toSorted((left, right) => left.at - right.at)) {
      const last = versions.at(-1)!;
      const version = { at, data: { ...last.data, ...patch } };
      if (at === last.at) versions[versions.length - 1] = version;
      else versions.push(version);
    }
    return versions;
  }
}
