import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNewHost } from '../../../src/config/host-options.ts';
import { parseNodeSizes } from '../../../src/config/node-options.ts';
import { distributionProblem, distributeNodes } from '../../../src/config/distribute-nodes.ts';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { UsageError } from '../../../src/errors.ts';

const parse = (input: object) => parseClusterSpec(input, 'command line');
const two = ['ssh://ops@alpha', 'ssh://ops@beta'];

function refusal(input: object): string {
  try {
    parse(input);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message;
  }
  throw new Error(`accepted ${JSON.stringify(input)}`);
}

describe('the hosts of a cluster', () => {
  it('can be lines or maps, and keep their order', () => {
    const hosts = ['ssh://ops@beta,nodes=2,port=4791', 'default,advertise=192.0.2.7'];
    const maps = [
      { endpoint: 'ssh://ops@beta', nodes: 2, port: 4791 },
      { endpoint: 'default', advertise: '192.0.2.7' },
    ];
    expect(parse({ hosts }).spec.hosts).toEqual(maps);
    expect(parse({ hosts: maps }).given).toEqual({ hosts: maps });
  });

  it('set the number of nodes if each of them has one', () => {
    const { spec, given } = parse({ hosts: ['ssh://a,nodes=2', 'ssh://b,nodes=5'] });
    expect(spec.nodes).toBe(7);
    expect(Object.keys(given)).toEqual(['hosts']);
  });

  it.each([
    [{ hosts: ['ssh://a'] }, 'hosts: at least two hosts are required'],
    [{ hosts: ['ssh://a', 'ssh://a,port=1'] }, 'hosts[1]: ssh://a is listed twice'],
    [
      { hosts: [...two, 'ssh://c'], nodes: 2 },
      'nodes: 2 requested, but the hosts need at least 3 (one for each of 3 hosts)',
    ],
    [
      { hosts: ['ssh://a,nodes=3', 'ssh://b'], nodes: 3 },
      'nodes: 3 requested, but the hosts need at least 4 (3, and one for each other host)',
    ],
    [{ hosts: ['ssh://a,nodes=3', 'ssh://b,nodes=1'], nodes: 5 }, 'nodes: 5 requested, but the hosts add up to 4'],
    [
      { hosts: [{ endpoint: 'ssh://a', nodes: 1, share: 2 }, 'ssh://b'] },
      'hosts[0]: nodes and share cannot be combined',
    ],
    [{ hosts: ['ftp://a', 'ssh://b'] }, 'hosts[0]: must be ENDPOINT[,advertise=IP][,port=N]'],
    [{ hosts: ['ssh://me:secret@a', 'ssh://b'] }, 'hosts[0]: must be ENDPOINT'],
    [{ hosts: ['a,port=1,port=2', 'ssh://b'] }, 'hosts[0]: must be ENDPOINT'],
    [{ hosts: [{ endpoint: 'a', colour: 'red' }, 'b'] }, 'hosts[0].colour: unknown option'],
    [
      { hosts: ['lab', 'ssh://b'], underlay: 'vxlan' },
      'hosts[0]: advertise=IP is required, because lab does not say at which address others reach it',
    ],
    [{ hosts: ['a,port=1', 'b'], network: 'lab' }, 'hosts[0]: port is only used by a VXLAN between the hosts'],
    [{ hosts: two, network: 'lab', underlay: 'swarm' }, 'underlay: cannot be combined with the existing network lab'],
    [
      { hosts: two, underlay: 'vxlan', encrypted: true },
      'encrypted: requires underlay swarm; VXLAN traffic is not encrypted',
    ],
    [{ network: 'lab' }, 'network: requires several hosts'],
    [{ underlay: 'swarm', encrypted: true }, 'encrypted: requires several hosts'],
  ])('are refused: %j', (input, message) => {
    expect(refusal(input)).toContain(message);
  });

  it('are refused with all contradictions at once', () => {
    const told = refusal({ hosts: ['a,port=1', 'a', 'c'], nodes: 2, network: 'lab', underlay: 'vxlan' });
    expect(told.split('\n')).toHaveLength(5);
  });

  it('have a longer timeout, because they wait for each other', () => {
    expect(parse({ hosts: two }).spec.timeoutSeconds).toBe(246);
  });
});

describe('nodes are distributed', () => {
  it.each([
    [7, [{}, {}, {}], [3, 2, 2]],
    [40, [{}, { nodes: 25 }, {}], [8, 25, 7]],
    [9, [{ share: 2 }, {}], [6, 3]],
    [3, [{ share: 1000 }, {}, {}], [1, 1, 1]],
  ])('%i to %j: %j', (nodes, hosts, dealt) => {
    expect(distributeNodes(nodes, hosts)).toEqual(dealt);
  });

  it('completely, and at least one to each host', () => {
    const host = fc.record(
      { nodes: fc.integer({ min: 1, max: 50 }), share: fc.integer({ min: 1, max: 9 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.array(host, { minLength: 2, maxLength: 9 }), (nodes, hosts) => {
        fc.pre(distributionProblem(nodes, hosts) === undefined);
        const dealt = distributeNodes(nodes, hosts);
        expect(dealt.reduce((sum, one) => sum + one, 0)).toBe(nodes);
        expect(Math.min(...dealt)).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a new host', () => {
  it('is an endpoint, and how to reach it', () => {
    expect(parseNewHost('ssh://b,advertise=192.0.2.2,port=4790')).toEqual({
      endpoint: 'ssh://b',
      advertise: '192.0.2.2',
      port: 4790,
    });
  });

  it.each(['ssh://b,nodes=2', 'ssh://b,share=1', 'ssh://[', 'ssh://b,colour=red', ''])('is not %j', (text) => {
    expect(() => parseNewHost(text)).toThrow(
      expect.objectContaining({
        message: `--host: must be ENDPOINT[,advertise=IP][,port=N], not ${text}`,
        hint: expect.stringMatching(/^ENDPOINT is .*; -n sets the number of nodes$/) as string,
      }),
    );
  });
});

describe('the sizes of nodes to add', () => {
  const name = (size: string) => `--node-${size}`;

  it('are bytes and numbers, also from text', () => {
    expect(parseNodeSizes({ memory: '2g', cpus: '4', disk: '30g' }, name)).toEqual({
      memory: 2 ** 31,
      cpus: 4,
      disk: 30 * 2 ** 30,
    });
    expect(parseNodeSizes({ cpus: 4 }, name)).toEqual({ cpus: 4 });
  });

  it('are refused with all problems, a line each', () => {
    expect(() => parseNodeSizes({ memory: 'much', cpus: 'few' }, name)).toThrow(/^--node-memory: .*\n--node-cpus: /);
  });
});
