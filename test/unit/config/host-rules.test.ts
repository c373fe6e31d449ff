import { describe, expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';

const two = ['ssh://ops@alpha', 'ssh://ops@beta'];
const parse = (input: object) => parseClusterSpec(input, 'test');

/** All lines of the refusal. */
function problems(input: object): readonly string[] {
  try {
    parse(input);
    return [];
  } catch (error) {
    return (error as Error).message.replace(/^test:\s*/, '').split(/\n\s*/);
  }
}

describe('options that concern hosts', () => {
  it.each([
    [{}],
    [{ underlay: 'auto', encrypted: false }],
    [{ hosts: two }],
    [{ hosts: two, underlay: 'vxlan' }],
    [{ hosts: ['http://a:2375', 'https://b:2376'], underlay: 'vxlan' }],
    [{ hosts: ['tcp://a:2375', 'lab,advertise=192.0.2.1'], underlay: 'vxlan' }],
    [{ hosts: ['ssh://a,port=4790', 'ssh://b'], underlay: 'vxlan' }],
    [{ hosts: ['ssh://a,port=4790', 'ssh://b'], underlay: 'auto' }],
    [{ hosts: ['lab', 'other'] }],
    [{ hosts: ['lab', 'other'], underlay: 'swarm', encrypted: true }],
    [{ hosts: ['lab', 'other'], underlay: 'auto', encrypted: true }],
    [{ hosts: ['lab', 'other'], network: 'mine' }],
    [{ hosts: ['lab', 'other'], network: 'mine', underlay: 'auto', encrypted: false }],
  ])('are accepted: %j', (input) => {
    expect(problems(input)).toEqual([]);
  });

  const alone = (option: string) => `${option}: requires several hosts`;
  const withNetwork = (option: string) => `${option}: cannot be combined with the existing network mine`;
  const port = (index: number) => `hosts[${index}]: port is only used by a VXLAN between the hosts`;
  it.each([
    [
      { underlay: 'vxlan', encrypted: true, network: 'mine' },
      [alone('underlay'), alone('network'), alone('encrypted')],
    ],
    [
      { hosts: two, network: 'mine', underlay: 'vxlan', encrypted: true },
      [withNetwork('underlay'), withNetwork('encrypted')],
    ],
    [{ hosts: two, network: 'mine', encrypted: true }, [withNetwork('encrypted')]],
    [{ hosts: ['a,port=1', 'b,port=2'], underlay: 'swarm' }, [port(0), port(1)]],
    [{ hosts: ['a,port=1', 'ssh://b'], network: 'mine' }, [port(0)]],
    [
      { hosts: two, underlay: 'vxlan', encrypted: true },
      ['encrypted: requires underlay swarm; VXLAN traffic is not encrypted'],
    ],
    // What cannot be known because of another problem is not reported.
    [{ hosts: ['ftp://a', 'ssh://b', 'ssh://c'], nodes: 2 }, [expect.stringMatching(/^hosts\[0\]: must be ENDPOINT/)]],
    [{ hosts: two, nodes: 'many' }, [expect.stringMatching(/^nodes: must be /)]],
    [{ hosts: ['ssh://a,nodes=1,share=2', 'ssh://b'] }, ['hosts[0]: nodes and share cannot be combined']],
    [
      { hosts: Array.from({ length: 101 }, (_, index) => `ssh://h${index}`), nodes: 101 },
      ['hosts: must be a list of at most 100 hosts'],
    ],
  ])('are refused with every problem, and no other: %j', (input, expected) => {
    expect(problems(input)).toEqual(expected);
  });
});
