import { describe, expect, it } from 'vitest';
import { parsePublish } from '../../../src/config/publish.ts';

describe('a published port', () => {
  it.each([
    ['node1:22', undefined, 'auto', { node: 'node1', port: 22 }],
    ['node1.example.com:1811', undefined, 'auto', { node: 'node1.example.com', port: 1811 }],
    ['2222:node1:22', undefined, 2222, { node: 'node1', port: 22 }],
    ['auto:node1:22', undefined, 'auto', { node: 'node1', port: 22 }],
    ['0.0.0.0:node1:22', '0.0.0.0', 'auto', { node: 'node1', port: 22 }],
    ['0.0.0.0:2222:node1:22', '0.0.0.0', 2222, { node: 'node1', port: 22 }],
    ['[::1]:2222:node1:22', '::1', 2222, { node: 'node1', port: 22 }],
    ['rapi', undefined, 'auto', 'rapi'],
    ['6080:rapi', undefined, 6080, 'rapi'],
    ['127.0.0.2:6080:rapi', '127.0.0.2', 6080, 'rapi'],
  ])('can be %s', (text, address, port, target) => {
    expect(parsePublish(text)).toEqual({ address, port, target });
  });

  it.each([
    '',
    '22',
    'node1',
    'node1:',
    'node1:0',
    'node1:65536',
    'node1:ssh',
    '0:node1:22',
    '70000:node1:22',
    '1.2.3:node1:22',
    '1.2.3.400:node1:22',
    '::1:2222:node1:22',
    '[x]:2222:node1:22',
    'a:b:node1:22',
    '2222:2223:node1:22',
    'rapi:5080:',
    'node1:22 ',
  ])('cannot be "%s"', (text) => {
    expect(parsePublish(text)).toBeUndefined();
  });
});
