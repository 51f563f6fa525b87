/** The steps of the line, in order. */
export const STEPS = ['sync', 'build', 'score', 'report', 'activate'] as const;
export type Step = (typeof STEPS)[number];
