/** Puts a question to a person; undefined when nobody is there to answer. */
export type Ask = ((question: string, fallback: string) => Promise<string>) | undefined;
