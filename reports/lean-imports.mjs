/**
 * A Vite plugin for packages whose one entry exports hundreds of modules, as Evidence's components, and whose icons are
 * one file of megabytes. Each name that is imported of them is taken from the module that makes it, so that what no page uses
 * is neither compiled nor held in memory: tree-shaking would drop it, but only after it is compiled.
 *
 * What cannot be followed (a namespace, a name that is not found) stays an import of the entry.
 */
import { readFile } from 'node:fs/promises';

const PACKAGES =
  /[\\/]node_modules[\\/](?:@evidence-dev[\\/](?:core-components|component-utilities)|@melt-ui|@steeze-ui|bits-ui)[\\/]/;
const ICONS = /[\\/]@steeze-ui[\\/][\w-]+-icons[\\/]dist[\\/]index\.js$/;
const ICON = /^export const (\w+) = .*$/gm;
const OF_ICONS = '?icon=';

export function leanImports() {
  /** Each file's exports: name → { from, name } where it passes another module's on, else undefined; and whose all it passes on. */
  const read = new Map();
  const icons = new Map();
  /** Where an import leads, without Rollup: that would wait for a module which waits for this one. */
  let resolve;

  async function iconsOf(file) {
    if (!icons.has(file))
      icons.set(
        file,
        readFile(file, 'utf8').then(
          (text) => new Map([...text.matchAll(ICON)].map((line) => [line[1], line[0]])),
        ),
      );
    return icons.get(file);
  }

  async function exportsOf(plugin, file) {
    const found = { names: new Map(), all: [] };
    if (!file.endsWith('.js')) return found;
    const imported = new Map();
    for (const node of plugin.parse(await readFile(file, 'utf8')).body) {
      const from = node.source?.value;
      if (node.type === 'ImportDeclaration')
        for (const { type, local, imported: theirs } of node.specifiers)
          imported.set(local.name, {
            from,
            name: { ImportDefaultSpecifier: 'default', ImportNamespaceSpecifier: '*' }[type] ?? theirs.name,
          });
      else if (node.type === 'ExportAllDeclaration') {
        if (node.exported) found.names.set(node.exported.name, { from, name: '*' });
        else found.all.push(from);
      } else if (node.type === 'ExportNamedDeclaration') {
        for (const { local, exported } of node.specifiers)
          found.names.set(
            exported.name,
            from === undefined ? imported.get(local.name) : { from, name: local.name },
          );
        const { id, declarations = id ? [{ id }] : [] } = node.declaration ?? {};
        for (const each of declarations)
          if (each.id.type === 'Identifier') found.names.set(each.id.name, undefined);
      }
    }
    return found;
  }

  /** The module that makes what a file exports under a name, or undefined. */
  async function makerOf(plugin, file, name) {
    if (ICONS.test(file))
      return (await iconsOf(file)).has(name) ? { file: `${file}${OF_ICONS}${name}`, name } : undefined;
    if (name === '*' || name === 'default' || !PACKAGES.test(file)) return { file, name };
    if (!read.has(file)) read.set(file, exportsOf(plugin, file));
    const { names, all } = await read.get(file);
    const follow = async (from, theirs) => {
      const resolved = await resolve(from, file);
      return resolved === undefined ? undefined : makerOf(plugin, resolved, theirs);
    };
    if (names.has(name)) {
      const passed = names.get(name);
      return passed === undefined ? { file, name } : follow(passed.from, passed.name);
    }
    for (const from of all) {
      const maker = await follow(from, name);
      if (maker !== undefined) return maker;
    }
    return undefined;
  }

  return {
    name: 'lean-imports',
    enforce: 'post', // after Svelte has made JavaScript of a component

    configResolved(config) {
      resolve = config.createResolver();
    },

    async transform(code, id) {
      if (!/\.(?:js|mjs|svelte|md)$/.test(id)) return null;
      const imports = this.parse(code).body.filter(
        ({ type, specifiers }) =>
          type === 'ImportDeclaration' &&
          specifiers.length > 0 &&
          specifiers.every((each) => each.type === 'ImportSpecifier'),
      );
      let changed = code;
      for (const { start, end, source, specifiers } of imports.reverse()) {
        const resolved = await resolve(source.value, id);
        if (resolved === undefined || !PACKAGES.test(resolved)) continue;
        const lines = await Promise.all(
          specifiers.map(async ({ local, imported }) => {
            const { file, name } = (await makerOf(this, resolved, imported.name)) ?? {
              file: source.value,
              name: imported.name,
            };
            return `import ${name === '*' ? `* as ${local.name}` : `{ ${name} as ${local.name} }`} from ${JSON.stringify(file)};`;
          }),
        );
        changed = changed.slice(0, start) + lines.join(' ') + changed.slice(end);
      }
      return changed === code ? null : { code: changed, map: null };
    },

    async load(id) {
      const [file, name] = id.split(OF_ICONS);
      return name === undefined ? null : (await iconsOf(file)).get(name);
    },
  };
}
