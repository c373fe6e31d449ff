import { describe, expect, it } from 'vitest';
import { entryCollector, select } from '../../../src/cluster/logs/entry-collector.ts';
import { timeOf } from '../../../src/cluster/logs/log-entries.ts';
import { matchesLog, logName } from '../../../src/cluster/logs/log-names.ts';
import { parseSince } from '../../../src/config/parse-since.ts';

const source = { node: 'node1.example.com', log: 'noded' };
const other = { node: 'node2.example.com', log: 'luxid' };
const at = (time: string) => Date.parse(`2024-05-17T${time}Z`);

describe('a log', () => {
  it.each([
    ['node-daemon.log', 'noded'],
    ['monitoring-daemon.log', 'mond'],
    ['monitoring-daemon-access.log', 'mond-access'],
    ['luxi-daemon.log', 'luxid'],
    ['watcher.log', 'watcher'],
    ['os/add-debian-i1-2024.log', 'os/add-debian-i1-2024'],
  ])('%s is called %s', (file, name) => {
    expect(logName(file)).toBe(name);
  });

  it.each([
    ['mond', 'mond', true],
    ['mond-access', 'mond', true],
    ['mond', 'ganeti-mond', true],
    ['os/add-x', 'os', true],
    ['confd', 'conf', false],
    ['wconfd', 'confd', false],
    ['jobs', undefined, true],
  ])('%s is selected by %s: %s', (name, asked, is) => {
    expect(matchesLog(name, asked)).toBe(is);
  });
});

describe('log lines', () => {
  it.each([
    ['2024-05-17 08:11:00,127: ganeti-noded pid=1 INFO x', at('08:11:00.127')],
    ['2024-05-17 08:11:02,360187328000 UTC: ganeti-confd x', at('08:11:02.360')],
    ['2024-05-17 08:11:02: x', at('08:11:02')],
    ['Traceback (most recent call last):', undefined],
    ['', undefined],
  ])('%s: the timestamp is parsed', (line, time) => {
    expect(timeOf(line)).toBe(time);
  });

  it('of several logs are sorted, and tracebacks stay whole', () => {
    const collector = entryCollector({ onDropped: () => undefined });
    collector.add(source, [
      'begun before',
      '2024-05-17 08:11:03,000: ERROR bad',
      'Traceback:',
      '  line',
      '2024-05-17 08:11:05,000: on',
    ]);
    collector.add(other, ['2024-05-17 08:11:04,000000 UTC: between']);
    expect(collector.take().map(({ log, lines }) => [log, ...lines])).toEqual([
      ['noded', 'begun before'],
      ['noded', '2024-05-17 08:11:03,000: ERROR bad', 'Traceback:', '  line'],
      ['luxid', '2024-05-17 08:11:04,000000 UTC: between'],
      ['noded', '2024-05-17 08:11:05,000: on'],
    ]);
    expect(collector.take()).toEqual([]);
    collector.add(source, ['goes on']);
    expect(collector.take()).toEqual([{ ...source, time: at('08:11:05'), lines: ['goes on'] }]);
  });

  it('are selected by age and number, per log, without cutting entries', () => {
    const entry = (log: string, time: number, ...lines: string[]) => ({ node: 'n', log, time, lines });
    const all = [entry('a', 1, '1'), entry('b', 2, '2'), entry('a', 3, '3', 'more'), entry('a', 4, '4')];
    const chosen = (selection: Parameters<typeof select>[1]) => select(all, selection).map(({ lines }) => lines[0]);
    expect(chosen({})).toEqual(['1', '2', '3', '4']);
    expect(chosen({ since: 3 })).toEqual(['3', '4']);
    expect(chosen({ tail: 1 })).toEqual(['2', '4']);
    expect(chosen({ tail: 2 })).toEqual(['2', '3', '4']);
    expect(chosen({ tail: 0 })).toEqual([]);
  });
});

describe('--since', () => {
  const now = new Date('2024-05-17T12:00:00Z');
  it.each([
    ['10m', at('11:50:00')],
    ['2h', at('10:00:00')],
    ['2024-05-17', at('00:00:00')],
    ['2024-05-17T08:00:00Z', at('08:00:00')],
    ['2024-05-17 08:00:00', at('08:00:00')],
    ['2024-05-17T08:00:00+02:00', at('06:00:00')],
  ])('%s', (text, time) => {
    expect(parseSince(text, now)).toBe(time);
  });

  it.each(['yesterday', '', '-5m', '2024-13-01'])('refuses %s', (text) => {
    expect(() => parseSince(text, now)).toThrow('must be a time');
  });
});
