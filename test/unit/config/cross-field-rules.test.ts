import { expect, it } from 'vitest';
import { parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';

/** All lines of the refusal. */
function problems(input: object): readonly string[] {
  try {
    parseClusterSpec(input, 'test');
    return [];
  } catch (error) {
    return (error as Error).message.replace(/^test:\s*/, '').split(/\n\s*/);
  }
}

const ttl = (restart: string) => `restart: must be no or on-failure when ttl is set, not ${restart}`;
const reserved = (index: number, name: string) => `nodes[${index}].name: "${name}" is reserved for instances`;

it.each([
  [{ ttl: '2h' }, []],
  [{ ttl: '2h', restart: 'no' }, []],
  [{ ttl: '2h', restart: 'on-failure' }, []],
  [{ restart: 'always' }, []],
  [{ ttl: '2h', restart: 'always' }, [ttl('always')]],
  [{ ttl: '2h', restart: 'unless-stopped' }, [ttl('unless-stopped')]],
  [{ nodes: [{ name: 'instance1' }, { name: 'instance10' }] }, [reserved(0, 'instance1'), reserved(1, 'instance10')]],
  [{ nodes: [{ name: 'instance' }, { name: 'instance0' }, { name: 'my-instance1' }, { name: 'instance1a' }] }, []],
  // Names that the user gives replace the reserved ones.
  [{ nodes: [{ name: 'instance1' }], instanceNames: ['web'] }, []],
  [{ nodes: [{ name: 'web' }], instanceNames: ['web'] }, ['instanceNames[0]: the name "web" is already in use']],
  [{ nodes: [{ name: 'cluster' }] }, ['nodes[0].name: the name "cluster" is already in use']],
  [{ nodes: [{ name: 'node2' }, {}] }, ['nodes[1].name: the name "node2" is already in use']],
  [{ instances: 3, instanceNames: 2 }, ['instances: 3 requested, but there are only 2 instanceNames']],
  [{ instances: 2, instanceNames: ['a', 'b'] }, []],
])('%j has these problems: %j', (input, expected) => {
  expect(problems(input)).toEqual(expected);
});
