/**
 * A text as a cell of a CSV: in quotes, its own doubled, where a comma, a quote or the end of a line would else end it
 * (RFC 4180).
 *
 * @example csvCell('Say "hi", Ltd') // '"Say ""hi"", Ltd"'
 */
export const csvCell = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
