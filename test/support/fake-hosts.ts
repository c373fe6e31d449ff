import { packContext } from '../../src/image/context.ts';
import { imageLabels } from '../../src/image/labels.ts';
import { fakeEngine, type FakeEngine } from './fake-engine.ts';
import { fakeInfo, type FakeState } from './fake-state.ts';

const ready = [{ stream: 'stdout', text: '{"type":"ready"}' }] as const;

/** The slice image of these sources, as on an engine that has loaded it. */
export async function fakeSliceImage() {
  const { hash } = await packContext();
  const labels = { [imageLabels.ganeti]: '3.0', [imageLabels.context]: hash };
  const tags = ['vcluster-box:3.0-0123456789ab'];
  return { id: 'sha256:slice', tags, size: 348_000_000, createdAt: 1_700_000_000, labels, architecture: 'amd64' };
}

/** Indexed by endpoint. */
export type FakeHosts = Readonly<Record<string, FakeEngine>>;

/**
 * Engines of hosts for a cluster; the first has the image. Their names are their endpoints: `ssh://ops@192.0.2.1` ...
 */
export async function fakeHosts(
  count: number,
  given: (number: number) => Partial<FakeState> = () => ({}),
): Promise<FakeHosts> {
  const image = await fakeSliceImage();
  const engines = Array.from({ length: count }, (_, index) => {
    const info = { ...fakeInfo, id: `ENGINE:${index + 1}` };
    const engine = fakeEngine({ info, logs: ready, images: index === 0 ? [image] : [], ...given(index + 1) });
    return [`ssh://ops@192.0.2.${index + 1}`, engine] as const;
  });
  return Object.fromEntries(engines);
}

/** The slice that was created on it. */
export const sliceOf = (engine: FakeEngine | undefined) => engine?.state.containers[0];

/** Makes a method of an engine fail under a condition. */
export function failAt(
  engine: FakeEngine | undefined,
  method: string | RegExp,
  error: (of: FakeEngine) => Error | undefined,
): void {
  if (engine === undefined) throw new Error('there is no such host');
  engine.state.onCall = (called) => {
    const failure = RegExp(method).test(called) ? error(engine) : undefined;
    if (failure !== undefined) throw failure;
  };
}
