import { parseShape, type Shape } from '../shape.ts';

const labels = { 'Labels?': { '*': 'string' } } as const;
const tags = { 'RepoTags?': ['string'] } satisfies Shape;

/** The parts of the engine's JSON answers that we use, by method and path. */
const shapes: readonly (readonly [request: RegExp, shape: Shape])[] = [
  [
    /^GET \/info\b/,
    {
      ...strings('SystemTime', 'OperatingSystem', 'KernelVersion', 'Architecture', 'Driver', 'DockerRootDir'),
      ...{ NCPU: 'number', MemTotal: 'number', 'ID?': 'string', 'CgroupVersion?': 'string' },
      ...{ 'HttpProxy?': 'string', 'HttpsProxy?': 'string', 'NoProxy?': 'string', 'SecurityOptions?': ['string'] },
      'Swarm?': { 'LocalNodeState?': 'string', 'NodeID?': 'string', 'RemoteManagers?': [{ NodeID: 'string' }] },
    },
  ],
  [/^GET \/version\b/, { ...strings('Version', 'ApiVersion'), 'Components?': [{ Name: 'string' }] }],
  [
    /^GET \/containers\/json\b/,
    [{ ...strings('Id', 'Image', 'State'), Names: ['string'], Created: 'number', ...labels }],
  ],
  [
    /^GET \/containers\/[^/]+\/json\b/,
    {
      ...strings('Id', 'Name', 'Created'),
      Config: { Image: 'string', ...labels },
      State: { ...strings('Status', 'StartedAt', 'FinishedAt'), ExitCode: 'number', 'Health?': { Status: 'string' } },
      HostConfig: {
        ...{ 'NetworkMode?': 'string', 'Memory?': 'number', 'NanoCpus?': 'number', 'PidsLimit?': 'number' },
        'RestartPolicy?': { 'Name?': 'string' },
        'PortBindings?': { '*?': [{ 'HostIp?': 'string', 'HostPort?': 'string' }] },
      },
      NetworkSettings: { 'Networks?': { '*': { 'IPAddress?': 'string' } } },
    },
  ],
  [/^POST \/(containers|networks)\/create\b/, { Id: 'string' }],
  [/^POST \/containers\/[^/]+\/exec\b/, { Id: 'string' }],
  [/^GET \/exec\/[^/]+\/json\b/, { Running: 'boolean', 'ExitCode?': 'number' }],
  [/^GET \/images\/json\b/, [{ Id: 'string', Size: 'number', Created: 'number', ...tags, ...labels }]],
  [
    /^GET \/images\/.+\/json\b/,
    { ...strings('Id', 'Architecture'), Size: 'number', 'Created?': 'string', ...tags, Config: labels },
  ],
  [
    /^GET \/networks\b/,
    [
      {
        ...strings('Id', 'Name', 'Driver', 'Scope', 'Created'),
        ...{ Attachable: 'boolean', 'IPAM?': { 'Config?': [{ 'Subnet?': 'string' }] }, ...labels },
      },
    ],
  ],
  [/^GET \/volumes\b/, { 'Volumes?': [{ Name: 'string', 'CreatedAt?': 'string', ...labels }] }],
];

function strings<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, 'string'>> {
  return Object.fromEntries(names.map((name) => [name, 'string'])) as Record<Name, 'string'>;
}

/**
 * Parses an answer.
 *
 * @param request method and path, without the version of the API: `GET /containers/json?all=true`
 * @returns the bytes themselves for requests whose answer nothing depends on
 * @throws {Error} if the answer is not JSON, or lacks something that we use
 */
export function parseAnswer(request: string, body: Buffer): unknown {
  const shape = shapes.find(([pattern]) => pattern.test(request))?.[1];
  if (shape === undefined) return body;
  const answer = parseShape(body.toString(), shape);
  if ('problem' in answer) throw new Error(`the answer of the engine is invalid: ${answer.problem}`);
  return answer.value;
}
