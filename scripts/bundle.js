// Bundles the program into one file, dist/program.cjs, with a source map and the licenses of the packages in it, and
// what starts it into dist/bin.cjs.
// Usage: node scripts/bundle.js DIRECTORY
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { argv } from 'node:process';
import { build } from 'esbuild';

const directory = argv[2] ?? 'dist';
const require = createRequire(import.meta.url);

/** What the program never uses: ssh, gRPC and debugging output of dockerode, programs that commander could start. */
const unused = [
  [
    /^(debug|ssh2|@grpc\/.*|protobufjs.*|@balena\/dockerignore|tar-fs|\.\/session|\.\/buildkit)$/,
    /node_modules\/docker/,
  ],
  // It only describes each request for debugging.
  [/^util$/, /node_modules\/docker-modem\/lib\/modem\.js$/],
  [/^node:child_process$/, /node_modules\/commander/],
];

/** Built-in modules that most commands do not use, and that take milliseconds to load. */
const lazy = /^(node:)?(child_process|crypto|dgram|dns\/promises|https|readline|zlib)$/;

const plugin = {
  name: 'vcluster-box',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^readable-stream$/ }, () => ({ path: 'node:stream', external: true }));
    onResolve({ filter: /./ }, ({ path, importer, namespace }) => {
      const never = unused.some(([what, where]) => what.test(path) && where.test(importer));
      if (never) return { path, namespace: 'unused' };
      return lazy.test(path) && namespace === 'file' ? { path, namespace: 'lazy' } : undefined;
    });
    // Of these, only `debug` and `util.inspect` are called.
    const contents = "module.exports = () => () => undefined; module.exports.inspect = () => '';";
    onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents }));
    onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => {
      const names = JSON.stringify(Object.keys(require(path)));
      const get = `{ enumerable: true, get: () => require('${path}')[name] }`;
      return { contents: `for (const name of ${names}) Object.defineProperty(exports, name, ${get});` };
    });
  },
};

const settings = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  plugins: [plugin],
  define: { 'import.meta.url': 'bundleUrl' },
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename);" },
};

await build({ ...settings, entryPoints: ['src/bin.ts'], outfile: join(directory, 'bin.cjs') });
const { metafile } = await build({
  ...settings,
  entryPoints: ['src/program.ts'],
  outfile: join(directory, 'program.cjs'),
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
});
writeFileSync(join(directory, 'THIRD-PARTY-LICENSES'), licenses(Object.values(metafile.outputs)));

/** The packages in the bundle, each with its license. */
function licenses(outputs) {
  const files = outputs.flatMap(({ inputs }) => Object.keys(inputs));
  const folders = new Set(files.flatMap((file) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license, author } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    const texts = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    const text = texts.map((file) => readFileSync(`${folder}/${file}`, 'utf8').trim()).join('\n\n');
    // Some packages name only their license and author.
    return `${name} ${version} (${license})\n\n${text || `Author: ${author?.name ?? author}`}\n`;
  });
  const rule = `\n${'-'.repeat(80)}\n\n`;
  return `vcluster-box contains these packages:\n${rule}${notices.join(rule)}`;
}
