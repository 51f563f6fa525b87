// Runs before `npm pack` (`prepack`): writes into `.package/` what an installed package needs beside its files.
// `environment/` is what set-up makes an environment from, the lock file among it, which npm packs under no other folder;
// `keys.json` names that environment and this product by what is in them.
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const out = join(root, '.package');
const environment = join(out, 'environment');

const json = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const write = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

/** The files below a path, which may be one itself. */
function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .flatMap(({ name }) => filesBelow(join(path, name)))
    .sort();
}

/** Changes with every file below the paths of a folder. */
function digest(folder, paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesBelow(join(folder, path))))
    hash.update(`${file.slice(folder.length)}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

rmSync(out, { recursive: true, force: true });
for (const path of [
  'orchestration/package.json',
  'orchestration/requirements.txt',
  'reports/package.json',
  'patches',
])
  cpSync(join(root, path), join(environment, path), { recursive: true });

// Without the product's version: one that changes no dependency finds its environment made.
const { version, files, workspaces, overrides, devDependencies } = json('package.json');
const name = 'tenure-environment';
mkdirSync(environment, { recursive: true });
write(join(environment, 'package.json'), { name, private: true, workspaces, overrides, devDependencies });
const { version: _, packages, ...lock } = json('package-lock.json');
const { version: __, bin: ___, ...own } = packages[''];
write(join(environment, 'package-lock.json'), {
  ...lock,
  name,
  packages: { ...packages, '': { ...own, name } },
});

write(join(out, 'keys.json'), {
  environment: digest(environment, ['.']),
  product: `${version}-${digest(root, ['package.json', ...files.filter((path) => !/^!|^\.package/.test(path))])}`,
});
