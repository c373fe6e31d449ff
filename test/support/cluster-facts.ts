import type { Slice } from './slice.ts';
import { configFacts, withNames, type Facts } from './config-facts.ts';

const nodes = ['node1', 'node2', 'node3'];
const data = 'var/lib/ganeti';

/** Everything about a cluster of three nodes, from the cluster directory of a container. */
export async function clusterFacts(slice: Slice): Promise<Facts> {
  const read = async (line: string) => (await slice.run(['bash', '-c', line], { cwd: '/srv/vcluster' })).stdout;
  const configuration = await read(`cat node1/${data}/config.data`);
  const parts: readonly Facts[] = [
    treeFacts(await read(`find . -printf '%P\\t%y %m %u:%g %l\\n'`)),
    configFacts(configuration),
    ...(await Promise.all(
      nodes.map(async (node) => defaultsFacts(node, await read(`cat ${node}/etc/default/ganeti`))),
    )),
    ssconfFacts(withNames(await read(`tail -n +1 -v */${data}/ssconf_*`), configuration)),
    ...(await Promise.all(
      nodes.map(async (node) => certificateFacts(node, configuration, await read(certificate(node)))),
    )),
    { 'certificate of RAPI': (await read(rapiNames)).trimEnd() },
    ...(await Promise.all(scripts.map(async ([name, line]) => ({ [`script ${name}`]: (await read(line)).trimEnd() })))),
  ];
  return Object.assign({}, ...parts) as Facts;
}

/**
 * Directories and files with owner and mode, except what running daemons leave: logs, pid files, locks, jobs, notes.
 */
function treeFacts(listing: string): Facts {
  const traces =
    /\/(?:var\/(?:log|lock)\/|var\/run\/ganeti\/(?:[^/]*\.pid|livelocks\/|fake-hyp)|.*\/queue\/job-|.*\/(?:latest\.json|vcluster-box\/ssconf_master_node)$)/;
  const entries = listing.split('\n').flatMap((line) => {
    const [path = '', what = ''] = line.split('\t');
    return path === '' || (traces.test(path) && !what.startsWith('d')) ? [] : [[`tree ${path}`, what.trim()] as const];
  });
  return Object.fromEntries(entries);
}

function defaultsFacts(node: string, text: string): Facts {
  const settings = text.split('\n').flatMap((line) => {
    const [, name, value = ''] = /^(?:export )?(\w+)='(.*)'$/.exec(line) ?? [];
    return name === undefined ? [] : [[`defaults ${node} ${name}`, value] as const];
  });
  return Object.fromEntries(settings);
}

/** The lines of each file, in any order, because candidates are sorted by id. */
function ssconfFacts(files: string): Facts {
  const entries = files.split(/^==> /m).flatMap((file) => {
    const [path = '', content = ''] = file.split(' <==\n');
    const lines = content.replace(/\n$/, '').split('\n').toSorted().join('\n');
    return path === '' ? [] : [[`ssconf ${path.replace(`${data}/ssconf_`, '')}`, lines] as const];
  });
  return Object.fromEntries(entries);
}

const certificate = (node: string) =>
  `cd ${node}/${data} && openssl x509 -in client.pem -noout -subject -issuer -fingerprint -sha1 &&
   openssl x509 -in client.pem -noout -text | grep -E 'Signature Algorithm|Public-Key|Version' &&
   openssl verify -partial_chain -CAfile server.pem client.pem`;

/** Without its container's name, which differs in each test. */
const rapiNames = `openssl x509 -in node3/${data}/rapi.pem -noout -text | grep -oE '(DNS|IP Address):[^,]*' |
   grep -v vcluster-box | paste -sd ' '`;

function certificateFacts(node: string, configuration: string, shown: string): Facts {
  const digest = /(?:[0-9A-F]{2}:){19}[0-9A-F]{2}/.exec(shown)?.[0] ?? 'none';
  return {
    [`certificate ${node}`]: shown.replace(digest, 'DIGEST'),
    [`certificate ${node} is in the configuration`]: `${configuration.includes(digest)}`,
  };
}

const scripts = [
  ...['start', 'stop', 'restart', 'watcher'].map((name) => [`${name}-all parses`, `bash -n ${name}-all 2>&1`] as const),
  ['start-all elsewhere', 'cd / && /srv/vcluster/start-all >/dev/null 2>&1; echo "status $?"'],
  ['cmd with arguments', `node2/cmd printf '[%s]' 'a  b;$c' "'" '' 2>&1`],
  ['cmd with a line', `node2/cmd 'echo $GANETI_ROOTDIR; echo $GANETI_HOSTNAME; false'; echo "status $?"`],
] as const;
