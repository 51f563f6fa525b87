/** What a source, and a signal, check or page of a project, may be called: it becomes part of names in the warehouse. */
export const NAME = /^[a-z][a-z0-9_]{0,39}$/;
export const NAME_WORDS = 'a name of at most 40 lower-case letters, digits and _ that begins with a letter';
export const isName = (name: string): boolean => NAME.test(name);
