import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { planContainer } from '../../../src/plan/container-settings.ts';
import { planCluster, withDeadline } from '../../../src/plan/plan-cluster.ts';
import { planSlices } from '../../../src/plan/plan-slices.ts';

const circumstances = { image: 'vcluster-box:3.0', runId: 'run-1', version: '0.1.0', rapiPort: 5080 };

function planned(options: Record<string, unknown> = {}) {
  const request = parseClusterSpec(options, 'test');
  return planContainer(request, planCluster(request.spec), circumstances);
}

describe('the container of a slice', () => {
  it('is named after the cluster and carries its labels', () => {
    const { name, network, settings } = planned({ name: 'demo', nodes: 5 });
    const labels = {
      'vcluster-box.cluster': 'demo',
      'vcluster-box.spec': '{"nodes":5}',
      'vcluster-box.version': '0.1.0',
      'vcluster-box.run': 'run-1',
    };
    expect({ name, network }).toEqual({
      name: 'vcluster-box-demo-1',
      network: { name: 'vcluster-box-demo', labels },
    });
    expect(settings).toMatchObject({ hostname: 'demo-1', network: 'vcluster-box-demo' });
    expect(settings.labels).toEqual({ ...labels, 'vcluster-box.slice': '1', 'vcluster-box.slices': '1' });
  });

  it('has only the rights that it needs', () => {
    expect(planned().settings).toMatchObject({
      capDrop: ['ALL'],
      capAdd: [
        'NET_ADMIN',
        'CHOWN',
        'DAC_OVERRIDE',
        'FOWNER',
        'SETUID',
        'SETGID',
        'KILL',
        'SYS_CHROOT',
        'NET_RAW',
        'NET_BIND_SERVICE',
        'SETFCAP',
        'AUDIT_WRITE',
      ],
      securityOpt: ['no-new-privileges'],
    });
  });

  it('publishes RAPI on 127.0.0.1 unless asked otherwise', () => {
    const port = { containerPort: 5080, protocol: 'tcp', hostPort: 5080 };
    expect(planned().settings.ports).toEqual([{ ...port, hostAddress: '127.0.0.1' }]);
    expect(planned({ rapi: '0.0.0.0:5080' }).settings.ports).toEqual([{ ...port, hostAddress: '0.0.0.0' }]);
  });

  it.each([
    [3, 1024, 520, 1216],
    [200, 1024, 8400, 13_824],
    [201, 2048, 8440, 13_888],
    [1000, 4096, 40_400, 65_024],
  ])('of %i nodes is limited to %i files per process, %i processes and %i MiB', (nodes, soft, pidsLimit, mebibytes) => {
    expect(planned({ nodes }).settings).toMatchObject({
      ulimits: [{ name: 'nofile', soft, hard: 4096 }],
      pidsLimit,
      memory: mebibytes * 2 ** 20,
      nanoCpus: 0,
    });
  });

  it('has the requested memory, CPUs and restart policy', () => {
    const { settings } = planned({ memory: '3g', cpus: '1.5', restart: 'no' });
    expect(settings).toMatchObject({ memory: 3 * 2 ** 30, nanoCpus: 1_500_000_000, restartPolicy: 'no' });
  });

  it('has no secrets in its environment', () => {
    expect(planned().settings.env).toEqual({});
  });

  it('does not wait long for a name server that does not answer', () => {
    expect(planned().settings).toMatchObject({ dns: [], dnsOptions: ['timeout:1', 'attempts:1'] });
  });

  it('carries the time at which its cluster expires, if it does', () => {
    const request = parseClusterSpec({ ttl: '1h' }, 'test');
    const plan = withDeadline(planCluster(request.spec), request.spec, new Date('2026-11-28T10:00:00Z'));
    const { settings, network } = planContainer(request, plan, circumstances);
    expect(settings.labels).toMatchObject({ 'vcluster-box.expires': '2026-11-28T11:00:00.000Z' });
    expect(network.labels).toMatchObject({ 'vcluster-box.expires': '2026-11-28T11:00:00.000Z' });
    expect(planned().settings.labels).not.toHaveProperty('vcluster-box.expires');
  });
});

describe('the container of one slice of several', () => {
  const request = parseClusterSpec({ name: 'demo', nodes: 5 }, 'test');
  const hosts = [4, 1].map((nodes, index) => {
    const underlay = { address: `192.0.2.${index + 1}`, port: 4790 + index };
    return { nodes, endpoint: `ssh://host${index + 1}`, engine: `E${index}`, advertise: underlay.address, underlay };
  });
  const overlay = { kind: 'vxlan', vni: 4711 } as const;
  const settingsOf = (slice: number, connection: { publishes: boolean; network?: string; udpAddress?: string }) => {
    const plans = planSlices(planCluster(request.spec), { cluster: 'demo', overlay, hosts });
    const plan = plans[slice - 1];
    if (plan === undefined) throw new Error('there is no such slice');
    return planContainer(request, plan, { ...circumstances, connection }).settings;
  };

  it('publishes its own UDP port for the other slices, on the given address, and RAPI', () => {
    const rapi = { containerPort: 5081, protocol: 'tcp', hostAddress: '127.0.0.1', hostPort: 5080 };
    expect(settingsOf(2, { publishes: true, udpAddress: '192.0.2.2' }).ports).toEqual([
      rapi,
      { containerPort: 4791, protocol: 'udp', hostAddress: '192.0.2.2', hostPort: 4791 },
    ]);
    expect(settingsOf(2, { publishes: true }).ports).toEqual([rapi]);
  });

  it('publishes nothing in a network without published ports', () => {
    const { ports, network } = settingsOf(1, { publishes: false, network: 'lan', udpAddress: '192.0.2.1' });
    expect([ports, network]).toEqual([[], 'lan']);
  });

  it('is limited by the nodes that it has, and by the files that the master needs for all', () => {
    expect([1, 2].map((slice) => settingsOf(slice, { publishes: true }).pidsLimit)).toEqual([560, 440]);
  });
});
