import { execaCommand } from 'execa';

/** The available compose commands: the plugin of `docker`, and Debian's program. */
export async function composePrograms(): Promise<readonly string[]> {
  const known = ['docker compose', 'docker-compose'];
  const answers = await Promise.all(known.map((program) => execaCommand(`${program} version`, { reject: false })));
  return known.filter((_, index) => answers[index]?.exitCode === 0);
}

/** Overrides parts of the project's `compose.yaml` to isolate a test from other clusters. JSON is YAML. */
export function composeOverride(cluster: string, image: string, service: object = {}): string {
  const labels = { 'vcluster-box.cluster': cluster };
  return JSON.stringify({
    services: { slice: { image, container_name: `vcluster-box-${cluster}-1`, labels, ...service } },
    networks: { default: { name: `vcluster-box-${cluster}`, labels } },
    ...('secrets' in service && { secrets: { 'rapi-password': { file: './rapi-password' } } }),
  });
}
