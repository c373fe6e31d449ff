import { parseClusterSpec } from '../../src/config/parse-cluster-spec.ts';
import { planContainer } from '../../src/plan/container-settings.ts';
import { planCluster } from '../../src/plan/plan-cluster.ts';
import { slicePaths } from '../../src/plan/slice-paths.ts';
import { fakeContainer, type FakeContainer } from './fake-state.ts';

/** The container of a running cluster, as created by `up NAME`. */
export function fakeCluster(name: string, nodes = 3, given: Partial<FakeContainer> = {}): FakeContainer {
  const request = parseClusterSpec({ name, nodes }, 'test');
  const plan = planCluster(request.spec);
  const circumstances = { image: 'vcluster-box:3.0-test', runId: 'run', version: '0.1.0', rapiPort: 5080 };
  const { name: container, settings } = planContainer(request, plan, circumstances);
  return fakeContainer({
    name: container,
    image: settings.image,
    labels: { ...settings.labels, 'vcluster-box.image': 'slice', 'vcluster-box.ganeti': '3.0' },
    ports: settings.ports,
    network: settings.network,
    restartPolicy: settings.restartPolicy,
    files: new Map([
      [slicePaths.plan, Buffer.from(JSON.stringify(plan))],
      [slicePaths.rapiPassword, Buffer.from('secret-of-this-cluster\n')],
    ]),
    ...given,
  });
}
