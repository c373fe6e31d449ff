import { describe, expect, it } from 'vitest';
import { rapiNames } from '../../../src/plan/plan-cluster.ts';

const cluster = { names: ['cluster.lab', 'cluster'], address: '10.9.0.1' };
const everywhere = ['ganeti.example.com', 'cluster.lab', 'cluster', 'localhost', '127.0.0.1', '::1', '10.9.0.1'];

describe('the names in RAPI’s certificate', () => {
  it('are Ganeti’s own first, then the cluster’s, and those of this machine', () => {
    expect(rapiNames({ cluster })).toEqual(everywhere);
  });

  it.each(['127.0.0.1', '0.0.0.0', '::', '::1'])('are no more when RAPI is published on %s', (published) => {
    expect(rapiNames({ cluster, names: [published] })).toEqual(everywhere);
  });

  it('have the container’s, by which others on its network call it', () => {
    expect(rapiNames({ cluster, names: ['vcluster-box-lab-1', undefined] })).toEqual([
      ...everywhere,
      'vcluster-box-lab-1',
    ]);
  });

  it.each(['192.0.2.7', '2001:db8::7'])('have the address that RAPI is published on: %s', (published) => {
    expect(rapiNames({ cluster, names: [published] })).toEqual([...everywhere, published]);
  });
});
