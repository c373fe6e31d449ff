import type { Vote } from '../../src/cluster/master.ts';

/** Output of `vcluster-slice votes`: each node with the full name of the master that it votes for. */
export function votesFor(masters: readonly string[], change: (node: number) => Partial<Vote> = () => ({})): string {
  const votes = masters.map((master, index): Vote => {
    const node = `node${index + 1}.example.com`;
    return { node, master, since: 1, stopped: false, offline: false, answers: true, ...change(index + 1) };
  });
  return JSON.stringify({ votes, leading: null });
}
