import { describe, expect, it } from 'vitest';
import { clusterOptions } from '../../../src/config/cluster-options.ts';
import { exampleFile } from '../../../src/config/example.ts';
import { parseClusterFile, parseClusterSpec } from '../../../src/config/parse-cluster-spec.ts';
import { readYaml } from '../../../src/config/read-yaml.ts';

const specOf = (text: string) => parseClusterFile(readYaml(text, 'example')).spec;

describe('the example configuration file', () => {
  it('results in the defaults', () => {
    expect(specOf(exampleFile())).toEqual(parseClusterSpec({}, 'test').spec);
  });

  it('has every option, with its default or as a commented example', () => {
    const shown = [...exampleFile().matchAll(/^(?:# )?(\w+):(?= \S|$)/gm)].map(([, name]) => name);
    expect(shown).toEqual(expect.arrayContaining(Object.keys(clusterOptions)));
  });

  it('has only valid examples in comments', () => {
    const parts = exampleFile().match(/^# \w+:(?: \S+)?\n(?:# {3}.*\n)*/gm) ?? [];
    expect(parts.length).toBeGreaterThan(6);
    for (const part of parts) {
      const [option = ''] = /\w+/.exec(part) ?? [];
      const beside = option === 'network' ? 'hosts: [ssh://a, ssh://b]' : '';
      expect(specOf(`${part.replaceAll(/^# /gm, '')}${beside}`), part).toBeDefined();
      expect(Object.keys(clusterOptions)).toContain(option);
    }
  });

  it('names its schema for editors in the first line', () => {
    expect(exampleFile()).toMatch(/^# yaml-language-server: \$schema=\S+\n/);
  });

  it('fits in 120 columns', () => {
    expect(
      exampleFile()
        .split('\n')
        .filter((line) => line.length > 120),
    ).toEqual([]);
  });
});
