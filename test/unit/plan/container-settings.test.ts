import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { planContainer } from '../../../src/plan/container-settings.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';

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
});
