import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { parseSize } from '../../../src/config/quantities.ts';
import { planContainer } from '../../../src/plan/container-settings.ts';
import { planCluster } from '../../../src/plan/plan-cluster.ts';

const read = (name: string) => readFileSync(`${import.meta.dirname}/../../../${name}`, 'utf8');

interface ComposeFile {
  readonly services: { readonly slice: Readonly<Record<string, unknown>> & { readonly mem_limit: string } };
  readonly networks: { readonly default: unknown };
}

/** The result when no variable is set. */
const compose = parse(read('compose.yaml').replaceAll(/\$\{\w+:-(.*?)\}/g, '$1')) as ComposeFile;
const { version } = JSON.parse(read('package.json')) as { readonly version: string };

/** What the CLI would create for `up -n 3`. */
const request = parseClusterSpec({ nodes: 3 }, 'test');
const circumstances = { image: 'vcluster-box:compose', runId: 'compose', version, rapiPort: 5080 };
const { name, network, settings } = planContainer(request, planCluster(request.spec), circumstances);

describe('compose.yaml', () => {
  const { slice } = compose.services;

  it('starts a slice as the CLI does', () => {
    const { build, environment, ulimits, mem_limit, ...rest } = slice;
    expect(rest).toEqual({
      image: settings.image,
      container_name: name,
      hostname: settings.hostname,
      labels: settings.labels,
      cap_drop: settings.capDrop,
      cap_add: settings.capAdd,
      security_opt: settings.securityOpt,
      pids_limit: settings.pidsLimit,
      ports: settings.ports.map(({ hostAddress, hostPort, containerPort }) => {
        return `${hostAddress}:${hostPort}:${containerPort}`;
      }),
      dns_opt: settings.dnsOptions,
      restart: settings.restartPolicy,
      stop_grace_period: `${settings.stopGraceSeconds}s`,
    });
    expect(environment).toEqual({ VCLUSTER_BOX_NODES: '3' });
    expect(build).toEqual({ context: '.', args: { BASE: 'debian:bookworm-slim' } });
    expect(parseSize(mem_limit)).toBe(settings.memory);
    expect(ulimits).toEqual(
      Object.fromEntries(settings.ulimits.map(({ name: of, soft, hard }) => [of, { soft, hard }])),
    );
  });

  it('creates the same network as the CLI', () => {
    expect(compose.networks).toEqual({ default: network });
  });

  it('has only top-level elements that Debian’s docker-compose 1.29 knows', () => {
    expect(Object.keys(compose)).toEqual(['services', 'networks']);
  });

  it('shows how to pass a password, in lines that are valid when uncommented', () => {
    const uncommented = read('compose.yaml').replaceAll(
      /^( *)# (VCLUSTER_BOX_RAPI_PASSWORD_FILE|secrets| {2}rapi-password)/gm,
      '$1$2',
    );
    expect(parse(uncommented)).toMatchObject({
      services: {
        slice: {
          environment: { VCLUSTER_BOX_RAPI_PASSWORD_FILE: '/run/secrets/rapi-password' },
          secrets: ['rapi-password'],
        },
      },
      secrets: { 'rapi-password': { file: './rapi-password' } },
    });
  });
});
