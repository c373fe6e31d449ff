import { exponentOf } from './fit.ts';
import { combine, median, type Samples, type Series } from './samples.ts';
import type { Goal, Row } from './table.ts';

const sizes = [1, 3, 5, 10, 20, 100, 300, 1000];
const goalOfUp: Readonly<Record<number, number>> = { 3: 2.6, 100: 7, 300: 18, 1000: 100 };
const goalOfList: Readonly<Record<number, number>> = { 20: 0.5, 100: 1.3, 300: 6, 1000: 30 };

/** The rows for everything that was measured. */
export function resultRows(series: Series): readonly Row[] {
  const of = (name: string): Samples => series[name] ?? [];
  return [...upRows(of), ...listRows(of), ...memoryRows(of), ...programRows(of), ...imageRows(of), ...largeRows(of)]
    .filter(({ samples }) => samples.length > 0)
    .filter(({ samples }) => samples.every(Number.isFinite));
}

type Lookup = (series: string) => Samples;

const atMost = (value: number | undefined): { goal?: Goal } => (value === undefined ? {} : { goal: { atMost: value } });
const seconds = (what: string, samples: Samples, goal?: number): Row => ({ what, samples, unit: 's', ...atMost(goal) });
const ratio = (what: string, samples: Samples, goal?: Goal): Row => ({
  what,
  samples,
  unit: '',
  ...(goal && { goal }),
});
const less = (samples: Samples, baseline: Samples): Samples => samples.map((value) => value - median(baseline));
const over = (samples: Samples, baseline: Samples): Samples => samples.map((value) => value / median(baseline));
const aNode = (of: Lookup, what: string, from: number, to: number): Samples =>
  combine([of(`${what} ${from}`), of(`${what} ${to}`)], ([few = NaN, many = NaN]) => (many - few) / (to - from));

function upRows(of: Lookup): readonly Row[] {
  const byHand = (count: number) => `by hand, ${count} ${count === 1 ? 'node' : 'nodes'}`;
  const exponent = combine([of('up 20'), of('up 100'), of('up 300')], ([y20 = NaN, y100 = NaN, y300 = NaN]) =>
    exponentOf([
      { x: 20, y: y20 },
      { x: 100, y: y100 },
      { x: 300, y: y300 },
    ]),
  );
  return [
    ...sizes.map((count) => seconds(`\`up -n ${count}\``, of(`up ${count}`), goalOfUp[count])),
    seconds('`docker run` until its first process runs', of('raw')),
    seconds('`up -n 5` less `docker run`', less(of('up 5'), of('raw')), 2.5),
    ...sizes.map((count) => seconds(byHand(count), of(`by hand ${count}`))),
    ratio('`up -n 3` / by hand, 3 nodes', over(of('up 3'), of('by hand 3'))),
    ratio('`up -n 20` / by hand, 20 nodes', over(of('up 20'), of('by hand 20')), { atMost: 1 / 18 }),
    ratio('exponent of the time of `up` over 20 to 300 nodes', exponent, { atMost: 1 }),
    seconds('time of `up` for a further node (300 less 20, by 280)', aNode(of, 'up', 20, 300)),
    seconds('processor time in the slice for a further node', aNode(of, 'cpu', 20, 300), 0.05),
    seconds('`up -n 5 --instances 8`', of('up 5 with 8 instances'), 6),
  ];
}

function listRows(of: Lookup): readonly Row[] {
  const lists = [20, 100, 300].flatMap((count): readonly Row[] => [
    seconds(`\`gnt-node list\` right after \`up -n ${count}\``, of(`list ${count}`), goalOfList[count]),
    seconds(`again, ${count} nodes`, of(`list ${count} again`), goalOfList[count]),
    seconds(`while other work keeps all CPUs busy, ${count} nodes`, of(`list ${count} busy`), goalOfList[count]),
    unanswered(`nodes shown with \`?\` in these lists of ${count}`, of(`list ${count} unanswered`)),
  ]);
  return [
    ...lists,
    seconds('`gnt-cluster redist-conf`, 100 nodes', of('redist-conf 100'), 9),
    { what: 'its warnings', samples: of('redist-conf 100 warnings'), unit: 'lines' },
    seconds('`gnt-cluster verify`, 100 nodes', of('verify 100'), 40),
    { what: 'its errors and warnings', samples: of('verify 100 problems'), unit: 'lines' },
    seconds('`gnt-instance add`, diskless, 100 nodes', of('instance add 100'), 2),
  ];
}

function unanswered(what: string, samples: Samples): Row {
  return { what, samples, unit: 'nodes', ...atMost(0) };
}

function memoryRows(of: Lookup): readonly Row[] {
  const memory = (what: string, samples: Samples, goal?: number): Row => ({
    what,
    samples,
    unit: 'MiB',
    ...atMost(goal),
  });
  const nodes = (count: number) => (count === 1 ? '1 node' : `${count} nodes`);
  return [
    ...sizes.map((count) => memory(`memory, ${nodes(count)}`, of(`memory ${count}`))),
    memory('memory a node (20 less 3, by 17)', aNode(of, 'memory', 3, 20), 14),
    memory('the same after ten lists', aNode(of, 'memory after lists', 3, 20), 14),
    ...sizes.map((count) => memory(`memory by hand, ${nodes(count)}`, of(`by hand memory ${count}`))),
  ];
}

function programRows(of: Lookup): readonly Row[] {
  const throughput = (what: string, samples: Samples): Row => ({ what, samples, unit: 'MiB/s' });
  const rates = (direction: 'out' | 'in'): readonly Row[] => [
    throughput(`\`exec\`, 1 GiB ${direction}`, of(`exec ${direction}`)),
    throughput(`\`docker exec\`, 1 GiB ${direction}`, of(`docker exec ${direction}`)),
    ratio(`\`exec\` / \`docker exec\`, ${direction}`, over(of(`exec ${direction}`), of(`docker exec ${direction}`)), {
      atLeast: 0.8,
    }),
  ];
  return [
    seconds('`exec node2 true`', of('exec')),
    seconds('`docker exec ... true`', of('docker exec')),
    seconds('`exec` less `docker exec`', less(of('exec'), of('docker exec')), 0.09),
    seconds('`vcluster-box --version`', of('version')),
    seconds('`node -e 0`', of('node')),
    seconds('`--version` less `node -e 0`', less(of('version'), of('node')), 0.06),
    ...rates('out'),
    ...rates('in'),
    seconds('`stop`, 5 nodes', of('stop'), 0.6),
    seconds('`start` until it answers, 5 nodes', of('start')),
    seconds('`restart` until it answers, 5 nodes', of('restart'), 1.2),
    seconds('`docker restart` until it answers, 5 nodes', of('docker restart')),
    seconds('`down`, 5 nodes', of('down'), 0.5),
  ];
}

function imageRows(of: Lookup): readonly Row[] {
  const megabytes = (what: string, samples: Samples): Row => ({ what, samples, unit: 'MB' });
  return [
    megabytes('slice image', of('image')),
    megabytes('slice image without its base image', of('image added')),
    megabytes("Debian's `ganeti` with its dependencies", of('ganeti')),
    ratio('slice image without its base image / `ganeti`', over(of('image added'), of('ganeti')), { atMost: 1.25 }),
  ];
}

function largeRows(of: Lookup): readonly Row[] {
  const created = (count: number) => less(of(`up 100 with ${count} instances`), of('up 100 without instances'));
  const exponent = combine([created(250), created(1000)], ([y250 = NaN, y1000 = NaN]) =>
    exponentOf([
      { x: 250, y: y250 },
      { x: 1000, y: y1000 },
    ]),
  );
  const instances = [250, 1000].flatMap((count): readonly Row[] => [
    seconds(`creating ${count} instances on 100 nodes`, created(count)),
    seconds(`\`gnt-instance list\` of ${count}`, of(`list of ${count} instances`)),
    seconds(`\`hbal -L\` with ${count}`, of(`hbal with ${count} instances`)),
    seconds(`\`restart\` until all ${count} run again`, of(`restart with ${count} instances`)),
  ]);
  return [
    seconds('`gnt-node list` right after `up -n 1000`', of('list 1000'), goalOfList[1000]),
    unanswered('nodes shown with `?` in this list of 1000', of('list 1000 unanswered')),
    seconds('`exec node1000 true`', of('exec 1000')),
    ...instances,
    ratio('exponent of the time of creating 250 to 1000 instances', exponent, { atMost: 1.1 }),
  ];
}
