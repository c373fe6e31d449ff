import { describe, expect, it } from 'vitest';
import { rapiNames } from '../../../src/plan/plan-cluster.ts';

const cluster = { names: ['cluster.lab', 'cluster'], address: '10.9.0.1' };
const everywhere = ['ganeti.example.com', 'cluster.lab', 'cluster', 'localhost', '127.0.0.1', '::1', '10.9.0.1'];

describe('the names in RAPI’s certificate', () => {
  it('are Ganeti’s own first, then those of the cluster and of this machine', () => {
    expect(rapiNames({ cluster })).toEqual(everywhere);
  });

  it.each(['127.0.0.1', '0.0.0.0', '::', '::1'])('are the same when RAPI is published on %s', (published) => {
    expect(rapiNames({ cluster, names: [published] })).toEqual(everywhere);
  });

  it('include the container name, which others on its network use', () => {
    expect(rapiNames({ cluster, names: ['vcluster-box-lab-1', undefined] })).toEqual([
      ...everywhere,
      'vcluster-box-lab-1',
    ]);
  });

  it.each(['192.0.2.7', '2001:db8::7'])('include the address that RAPI is published on: %s', (published) => {
    expect(rapiNames({ cluster, names: [published] })).toEqual([...everywhere, published]);
  });
});
