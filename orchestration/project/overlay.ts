import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Has a link lead to the target, whatever was there before. */
function link(target: string, path: string): void {
  const held = lstatSync(path, { throwIfNoEntry: false });
  if (held?.isSymbolicLink() && readlinkSync(path) === target) return;
  if (held) rmSync(path, { recursive: true });
  symlinkSync(target, path);
}

/** Has a file say this, and leaves it alone when it does: dbt parses again what changed. */
function write(path: string, text: string): void {
  const held = lstatSync(path, { throwIfNoEntry: false });
  if (held?.isFile() && readFileSync(path, 'utf8') === text) return;
  if (held) rmSync(path, { recursive: true });
  writeFileSync(path, text);
}

const isFolder = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * Makes `folder` the folder `below` with files of one's own laid over it: a file of the same path replaces, another one is
 * added, all else is a link. What a former overlay left goes. Nothing is written into `below`.
 *
 * A folder at the top that nothing is added to is one link; deeper ones are folders of links, because dbt follows no link
 * to a folder below its paths of models.
 *
 * @param files path within the folder (`seeds/segments.csv`) → text
 * @param leaveOut names at the top of `below` that are not taken
 * @param isTop whether this is the folder that was asked for, not one inside it
 */
export function overlay(
  below: string,
  folder: string,
  files: ReadonlyMap<string, string>,
  leaveOut: (name: string) => boolean = () => false,
  isTop = true,
): void {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(folder);
  mkdirSync(folder, { recursive: true });
  const inside = Map.groupBy(files, ([path]) => path.split('/')[0] as string);
  const found = isFolder(below) ? readdirSync(below) : [];
  const names = new Set([...found.filter((name) => !leaveOut(name)), ...inside.keys()]);
  for (const name of names) {
    const own = inside.get(name);
    const place = join(folder, name);
    const text = own?.find(([path]) => path === name)?.[1];
    if (text !== undefined) write(place, text);
    else if (own === undefined && (isTop || !isFolder(join(below, name)))) link(join(below, name), place);
    else {
      const inner = new Map(own?.map(([path, each]) => [path.slice(name.length + 1), each]));
      overlay(join(below, name), place, inner, undefined, false);
    }
  }
  for (const name of readdirSync(folder))
    if (!names.has(name)) rmSync(join(folder, name), { recursive: true });
}
