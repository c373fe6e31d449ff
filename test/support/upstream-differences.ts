/**
 * How our cluster differs from upstream's, and why: `what: upstream's -> ours`, as `differences` prints it. `joined`
 * is each node except the first.
 */
export function listedDifferences(release: '3.0' | '3.1'): Readonly<Record<string, string>> {
  return { ...directories(release), ...defaults(release), ...initialised, ...scripts };
}

const reasons = {
  addressed: 'the nodes’ daemons would all use the same port on all addresses',
  defaultRapi: 'RAPI runs on the master only, and the watcher expects it on 127.0.0.1; Debian requires a password',
  fileStorage: 'Ganeti keeps one path for all nodes, so it cannot be in the first node’s directory',
  filePaths: 'the paths allowed for instances’ files; without them no file instance can be created',
  templates: 'instances with disks, which are cheap here too',
  group: 'the nodes’ simulated volume group',
  storage: 'each node’s own directory for the configuration’s path of file storage',
  places: 'Ganeti creates the one for exports with the first export, and the one for logs of external storage never',
  users: 'RAPI has a user from the start; verify expects the file on all nodes or none',
  ranNothing: 'created by its first user; daemon-util runs ensure-dirs at every start of a daemon, we run it once',
  resources: 'memory, CPUs and disk that Ganeti is to see',
  hooks: 'one directory for the hooks of all nodes, as most clusters have the same on each',
  links: 'Ganeti’s ssh commands use them; `gnt-cluster init` creates them only on the first node',
} as const;

/** A directory that only we create, on each node. */
const own = (path: string, mode = '755', reason: string = reasons.storage) => ({
  [`tree node1/${path}: none -> d ${mode} root:root`]: reason,
  [`tree joined/${path}: none -> d ${mode} root:root`]: reason,
});

const directories = (release: string) => ({
  'tree node1/etc/ganeti/file-storage-paths: none -> f 644 root:root': reasons.filePaths,
  'tree joined/etc/ganeti/file-storage-paths: none -> f 644 root:root': reasons.filePaths,
  [`tree joined/etc/ganeti/lib: none -> l 777 root:root /usr/lib/ganeti/${release}`]: reasons.links,
  [`tree joined/etc/ganeti/share: none -> l 777 root:root /usr/share/ganeti/${release}`]: reasons.links,
  'tree node1/etc/ganeti/hooks: none -> l 777 root:root /etc/ganeti/hooks': reasons.hooks,
  'tree joined/etc/ganeti/hooks: none -> l 777 root:root /etc/ganeti/hooks': reasons.hooks,
  ...own('srv'),
  ...own('srv/ganeti'),
  ...own('srv/ganeti/file-storage', '750'),
  ...own('var/lib/ganeti/export', '750', reasons.places),
  ...own('var/log/ganeti/extstorage', '750', reasons.places),
  'tree node1/var/lib/vcluster-box: none -> d 755 root:root': reasons.resources,
  'tree node1/var/lib/vcluster-box/resources.json: none -> f 644 root:root': reasons.resources,
  'tree joined/var/lib/vcluster-box: none -> d 755 root:root': reasons.resources,
  'tree joined/var/lib/vcluster-box/resources.json: none -> f 644 root:root': reasons.resources,
  'tree joined/var/lib/ganeti/queue/lock: f 640 gnt-masterd:gnt-daemons -> f 600 root:root': reasons.ranNothing,
  'tree node1/var/lib/ganeti/rapi/users: none -> f 640 gnt-rapi:gnt-masterd': reasons.users,
  'tree joined/var/lib/ganeti/rapi/users: none -> f 640 gnt-rapi:gnt-masterd': reasons.users,
});

/** The script of 3.1 sets METAD_ARGS, but to an empty value. */
const defaults = (release: string) => ({
  'defaults node1 MASTERD_ARGS:  -> none': 'there has been no masterd since Ganeti 2.12',
  'defaults joined MASTERD_ARGS:  -> none': 'the same',
  [`defaults node1 METAD_ARGS: ${release === '3.0' ? 'none' : ''} -> -b 192.0.2.10`]: reasons.addressed,
  [`defaults joined METAD_ARGS: ${release === '3.0' ? 'none' : ''} -> -b ADDRESS`]: reasons.addressed,
  'defaults node1 MOND_ARGS:  -> -b 192.0.2.10': reasons.addressed,
  'defaults joined MOND_ARGS:  -> -b ADDRESS': reasons.addressed,
  'defaults node1 RAPI_ARGS: -b 192.0.2.10 -> --require-authentication': reasons.defaultRapi,
  'defaults joined RAPI_ARGS: -b ADDRESS -> --require-authentication': reasons.defaultRapi,
});

const rapiNames = [
  ...['ganeti.example.com', 'cluster.example.com', 'cluster', 'localhost'].map((name) => `DNS:${name}`),
  ...['127.0.0.1', '0:0:0:0:0:0:0:1', '198.18.0.1'].map((address) => `IP Address:${address}`),
].join(' ');

/** As `openssl x509 -text` prints them. */
const algorithms = (signature: string, bits: number) =>
  [`        Signature`, `                Public-Key: (${bits} bit)`, `    Signature`]
    .map((line) => (line.endsWith('Signature') ? `${line} Algorithm: ${signature}` : line))
    .join(' | ');

const below = '/srv/vcluster/node1/srv/ganeti';
const initialised = {
  'config.cluster.enabled_disk_templates: diskless -> diskless drbd ext file plain sharedfile': reasons.templates,
  'config.cluster.ipolicy.disk-templates: diskless -> diskless drbd ext file plain sharedfile': reasons.templates,
  'config.cluster.drbd_usermode_helper: none -> "/bin/true"': reasons.group,
  'config.cluster.volume_group_name: none -> "xenvg"': reasons.group,
  [`config.cluster.file_storage_dir: "${below}/file-storage" -> "/srv/ganeti/file-storage"`]: reasons.fileStorage,
  [`config.cluster.shared_file_storage_dir: "${below}/shared-file-storage" -> "/srv/ganeti/shared-file-storage"`]:
    reasons.fileStorage,
  [`ssconf node1/file_storage_dir: ${below}/file-storage -> /srv/ganeti/file-storage`]: reasons.fileStorage,
  [`ssconf joined/file_storage_dir: ${below}/file-storage -> /srv/ganeti/file-storage`]: reasons.fileStorage,
  [`ssconf node1/shared_file_storage_dir: ${below}/shared-file-storage -> /srv/ganeti/shared-file-storage`]:
    reasons.fileStorage,
  [`ssconf joined/shared_file_storage_dir: ${below}/shared-file-storage -> /srv/ganeti/shared-file-storage`]:
    reasons.fileStorage,
  'config.cluster.ndparams.oob_program: "" -> "/usr/lib/vcluster-box/oob"': '`gnt-node power` works on virtual nodes',
  [`certificate of RAPI:  -> ${rapiNames}`]:
    'most client libraries check the certificate for the address that they connect to',
  [`certificate node1: ${algorithms('sha256WithRSAEncryption', 2048)} -> ${algorithms('ecdsa-with-SHA256', 256)}`]:
    'handshakes with an elliptic curve take a third of the time; it is as strong as RSA of 3072 bits',
  [`certificate joined:         Version: 1 (0x0) | ${algorithms('sha256WithRSAEncryption', 2048)} ->         Version: 3 (0x2) | ${algorithms('ecdsa-with-SHA256', 256)}`]:
    'the same; and pyOpenSSL’s default is version 1; the library that we use supports only version 3',
};

const quote = "unexpected EOF while looking for matching `''";
const scripts = {
  'tree status-all: f 755 root:root -> none': 'the manual does not promise it; `vcluster-slice status` reports more',
  [`script watcher-all parses: watcher-all: line 6: ${quote} -> `]: 'upstream’s lacks a quote',
  'script start-all elsewhere: status 127 -> status 0': 'upstream’s calls the nodes’ scripts by relative paths',
  [`script cmd with arguments: bash: -c: line 1: ${quote} -> [a  b;$c]['][]`]:
    'upstream’s passes them through a shell again',
};
