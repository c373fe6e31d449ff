import { debianReleases, defaultBase, defaultTexts, ganetiVersions } from './defaults.ts';
import * as patterns from './patterns.ts';
import * as values from './values.ts';

const path = values.text('a path', patterns.path);

/** The part of `clusterOptions` that says which image a cluster has. */
export const imageOptions = {
  ganeti: {
    flag: '--ganeti <version>',
    help: 'Ganeti version',
    note: `${Object.entries(debianReleases)
      .map((pair) => pair.join(' comes with Debian '))
      .join(', ')}.`,
    value: values.choice(...ganetiVersions),
    default: ganetiVersions[0],
  },
  packages: {
    flag: '--packages <path...>',
    help: "Debian packages of Ganeti of your own, in place of Debian's: files, or directories of files",
    note: 'In a file, paths are relative to the file.',
    value: values.list('path', path),
    default: [],
    examples: [['./ganeti-build', './ganeti_3.0.2-3+mine1_all.deb']],
    lasting: false,
  },
  tree: {
    flag: '--tree <directory>',
    help: "installed Ganeti of your own, in place of Debian's: from make install DESTDIR=, or dpkg -x",
    note: 'In a file, the path is relative to the file.',
    value: path,
    examples: ['./installed'],
    lasting: false,
  },
  base: {
    flag: '--base <image>',
    help: 'image to build the slice image on, of the same Debian release',
    value: values.text('the name of an image', patterns.image),
    unset: defaultTexts.base,
    examples: [defaultBase(debianReleases[ganetiVersions[0]])],
  },
  mirror: {
    flag: '--mirror <url>',
    help: 'Debian mirror for building the image',
    value: values.webAddress,
    examples: ['http://mirror.example.com/debian'],
    lasting: false,
  },
} as const satisfies Readonly<Record<string, values.Option>>;
