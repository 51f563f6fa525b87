import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliCompress, createGzip } from 'node:zlib';

/** What shrinks; pictures, fonts and Parquet are compressed already. */
const COMPRESSIBLE = new Set([
  '.arrow',
  '.css',
  '.html',
  '.js',
  '.json',
  '.svg',
  '.txt',
  '.wasm',
  '.webmanifest',
]);
/** Under so many bytes it saves nothing. */
const LEAST = 1024;

/** Whether a file is worth sending compressed. */
export const isCompressible = (file: string, size: number): boolean =>
  size >= LEAST && COMPRESSIBLE.has(extname(file));

/** How a stored copy is named, by the encoding that a browser accepts; the smaller one first. */
export const STORED_COPIES = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/**
 * Puts a copy in Brotli and one in gzip beside each compressible file below a folder, so that a server need not
 * compress them anew for each visitor. Gives the number of files.
 */
export async function compressBelow(folder: string): Promise<number> {
  let count = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !isCompressible(file, (await stat(file)).size)) continue;
    // Quality 6 of 11: the higher ones take minutes for the database engine and save a few per cent more.
    const brotli = createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 6 } });
    await pipeline(createReadStream(file), brotli, createWriteStream(`${file}.br`));
    await pipeline(createReadStream(file), createGzip({ level: 6 }), createWriteStream(`${file}.gz`));
    count++;
  }
  return count;
}
