import { describe, expect, it } from 'vitest';
import { electMaster, type SliceVotes, type Vote } from '../../../src/cluster/master.ts';

const vote = (node: string, master: string, more: Partial<Vote> = {}): Vote => {
  return { node, master, since: 1, stopped: false, offline: false, answers: true, ...more };
};
const slice = (votes: readonly Vote[], leading: string | null = null): SliceVotes => ({ votes, leading });

describe('the master of a cluster', () => {
  it('is the node that most nodes of all slices name', () => {
    expect(electMaster([slice([vote('n1', 'n1')]), slice([vote('n2', 'n2'), vote('n3', 'n2')])])).toBe('n2');
  });

  it('is not decided by stopped nodes, which might have missed a failover', () => {
    const stopped = { stopped: true };
    const votes = [vote('n1', 'n1', stopped), vote('n2', 'n1', stopped), vote('n3', 'n3')];
    expect(electMaster([slice(votes)])).toBe('n3');
  });

  it('is not decided by offline nodes, which are not told of a failover', () => {
    const offline = { offline: true };
    const votes = [vote('n1', 'n1', offline), vote('n2', 'n1', offline), vote('n3', 'n3')];
    expect(electMaster([slice(votes)])).toBe('n3');
  });

  it('is decided by the running nodes when all are offline', () => {
    const offline = { offline: true };
    const stopped = { ...offline, stopped: true };
    const votes = [vote('n1', 'n1', stopped), vote('n2', 'n1', stopped), vote('n3', 'n3', offline)];
    expect(electMaster([slice(votes)])).toBe('n3');
  });

  it('is decided by stopped nodes when all are stopped', () => {
    expect(electMaster([slice([vote('n1', 'n2', { stopped: true })])])).toBe('n2');
  });

  it('is the node with the latest vote in a tie', () => {
    expect(electMaster([slice([vote('n1', 'n1', { since: 1 }), vote('n2', 'n2', { since: 2 })])])).toBe('n2');
  });

  it('is the node that acts as the master, whatever the others say', () => {
    expect(electMaster([slice([vote('n1', 'n1'), vote('n2', 'n1')]), slice([vote('n3', 'n3')], 'n3')])).toBe('n3');
  });

  it('is undefined while no node is in a cluster', () => {
    expect(electMaster([slice([])])).toBeNull();
  });
});
