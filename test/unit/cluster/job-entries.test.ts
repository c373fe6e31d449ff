import { describe, expect, it } from 'vitest';
import { entriesOfJob } from '../../../src/cluster/logs/job-entries.ts';
import type { LogEntry } from '../../../src/cluster/logs/log-entries.ts';

/** Lines as Ganeti 3.0.2 writes them. */
const entry = (time: number, log: string, text: string): LogEntry => ({
  time,
  node: 'node1.example.com',
  log,
  lines: [text],
});
const luxid = (time: number, text: string) =>
  entry(time, 'luxid', `... UTC: ganeti-luxid pid=4/ThreadId 4 INFO ${text}`);
const own = [
  luxid(1000, 'New jobs enqueued: 4, 5'),
  luxid(1010, 'Starting jobs: 4'),
  entry(1500, 'jobs', '...: job-4 pid=90 INFO Op 1/1: opcode TEST_DELAY waiting for locks'),
  entry(1600, 'noded', '...: ganeti-noded pid=31 INFO 198.18.1.1:32952 POST /test_delay HTTP/1.1 200'),
  {
    ...entry(1700, 'jobs', '...: job-4 pid=90 ERROR Op failed'),
    lines: ['...: job-4 pid=90 ERROR Op failed', 'Traceback'],
  },
  luxid(1900, 'Finished jobs: (3,JOB_STATUS_SUCCESS),(4,JOB_STATUS_ERROR)'),
];
const others = [
  entry(500, 'noded', 'long before'),
  luxid(1550, 'Scheduler notified of change of job 14'),
  luxid(1560, 'Loaded new config, serial 4'),
  entry(1600, 'jobs', '...: job-41 pid=91 INFO Op 1/1: opcode TEST_DELAY waiting for locks'),
  entry(1650, 'rapi', 'GET /version'),
  entry(1660, 'mond-access', 'GET /'),
  entry(9000, 'wconfd', 'long after'),
];

describe('the story of a job', () => {
  it('is what its process wrote, what luxid wrote about it, and what the other daemons did meanwhile', () => {
    const all = [...own, ...others].sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
    expect(entriesOfJob(all, 4)).toEqual(own);
  });

  it('is an error when no log names the job', () => {
    expect(() => entriesOfJob(others, 4)).toThrow('no log names job 4');
  });
});
