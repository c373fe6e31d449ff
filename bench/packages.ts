/** A line for each package of a Debian system, as `dpkg-query` prints it in this format. */
export const packageFormat = [
  '${Package}',
  '${Installed-Size}',
  '${Essential} ${Priority}',
  '${Provides}',
  '${Pre-Depends}, ${Depends}\n',
].join('\t');

interface Package {
  readonly name: string;
  readonly kibibytes: number;
  /** whether `debootstrap --variant=minbase` installs it, of which Debian's images consist */
  readonly basic: boolean;
  readonly provides: readonly string[];
  /** each with its alternatives */
  readonly depends: readonly (readonly string[])[];
}

/** What a package and its dependencies add to a minimal system, in MB, by the sizes that the packages state. */
export function sizeWithDependencies(listing: string, name: string): number {
  const packages = listing.split('\n').filter(Boolean).map(parsePackage);
  const find = finder(packages);
  const basic = closure(
    packages.filter((each) => each.basic),
    find,
  );
  const wanted = closure(find([name]), find);
  const added = [...wanted].filter((each) => !basic.has(each));
  return added.reduce((total, { kibibytes }) => total + (kibibytes * 1024) / 1e6, 0);
}

function parsePackage(line: string): Package {
  const [name = '', size, importance = '', provides = '', depends = ''] = line.split('\t');
  return {
    name,
    kibibytes: Number(size),
    basic: /yes|required/.test(importance) || name === 'apt',
    provides: names(provides, ','),
    depends: depends.split(',').map((alternatives) => names(alternatives, '|')),
  };
}

/** The names in a list, without versions and architectures. */
function names(list: string, separator: string): readonly string[] {
  return list.split(separator).flatMap((entry) => /[^\s:(]+/.exec(entry) ?? []);
}

/** Finds the packages that satisfy the first of some alternatives that is installed. */
function finder(packages: readonly Package[]) {
  return (alternatives: readonly string[]): readonly Package[] => {
    const found = alternatives.map((wanted) => {
      const named = packages.filter(({ name }) => name === wanted);
      return named.length > 0 ? named : packages.filter(({ provides }) => provides.includes(wanted));
    });
    return found.find(({ length }) => length > 0) ?? [];
  };
}

function closure(start: readonly Package[], find: ReturnType<typeof finder>): ReadonlySet<Package> {
  const reached = new Set(start);
  // A set's loop also visits what is added to it meanwhile.
  for (const { depends } of reached) for (const each of depends.flatMap(find)) reached.add(each);
  return reached;
}
