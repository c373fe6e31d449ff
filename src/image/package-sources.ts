/** Where Debian packages come from: enough to make a Debian system from. */
export interface PackageSource {
  readonly uri: string;
  /** path of the keyring that must have signed it; the tool's own choice when left out */
  readonly keyring?: string;
  /** the machine takes it unsigned */
  readonly trusted: boolean;
}

/** A file of apt's configuration: `/etc/apt/sources.list` or one in `sources.list.d`. */
export interface SourcesFile {
  readonly name: string;
  readonly text: string;
}

interface Entry {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

/** Debian's own suites and code names, without what hangs on them (`-updates`, `-security`). */
const debianSuite = /^(stable|oldstable|oldoldstable|testing|unstable|sid|buster|bullseye|bookworm|trixie|forky|duke)$/;

/**
 * The first Debian archive among a machine's package sources, in the order given.
 *
 * Every release is in the same archive, so the one that the machine itself runs does not matter.
 *
 * @returns undefined when there is none, as on Ubuntu
 */
export function findDebianArchive(files: readonly SourcesFile[]): PackageSource | undefined {
  const entries = files.flatMap(({ name, text }) =>
    name.endsWith('.sources') ? parseStanzas(text) : parseLines(text),
  );
  const entry = entries.find(isDebianArchive);
  const uri = entry?.uris[0];
  if (entry === undefined || uri === undefined) return undefined;
  const keyring = entry.options.get('signed-by')?.split(/[\s,]+/)[0];
  return {
    uri,
    ...(keyring?.startsWith('/') === true && { keyring }),
    trusted: entry.options.get('trusted') === 'yes',
  };
}

function isDebianArchive({ types, uris, suites, components, options }: Entry): boolean {
  return (
    types.includes('deb') &&
    uris[0]?.startsWith('cdrom:') === false &&
    components.includes('main') &&
    suites.some((suite) => debianSuite.test(suite)) &&
    options.get('enabled') !== 'no'
  );
}

/** The one-line format: `deb [option=value ...] URI SUITE COMPONENT...`. */
function parseLines(text: string): readonly Entry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)([^#]*)/.exec(line);
    if (match === null) return [];
    const [, type = '', optionText = '', uri = '', suite = '', rest = ''] = match;
    const options = words(optionText).map((option): [string, string] => {
      const [key = '', value = ''] = option.split('=', 2);
      return [key.toLowerCase(), value];
    });
    return [{ types: [type], uris: [uri], suites: [suite], components: words(rest), options: new Map(options) }];
  });
}

/** The deb822 format: paragraphs of `Field: value`, where a line that begins with a blank goes on with the value. */
function parseStanzas(text: string): readonly Entry[] {
  const kept = text.split('\n').filter((line) => !line.startsWith('#'));
  return kept
    .join('\n')
    .split(/\n[ \t]*\n/)
    .map((stanza) => {
      const fields = new Map<string, string>();
      for (const field of stanza.replaceAll(/\n[ \t]+/g, ' ').split('\n')) {
        const colon = field.indexOf(':');
        if (colon > 0) fields.set(field.slice(0, colon).trim().toLowerCase(), field.slice(colon + 1).trim());
      }
      const list = (name: string): readonly string[] => words(fields.get(name) ?? '');
      return {
        types: list('types'),
        uris: list('uris'),
        suites: list('suites'),
        components: list('components'),
        options: fields,
      };
    });
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
