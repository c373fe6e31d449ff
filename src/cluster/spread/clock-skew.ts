import { ResourceError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import type { Host } from './host.ts';

/** Ganeti's `constants.NODE_MAX_CLOCK_SKEW`: beyond it, verify complains, and nodes refuse each other's requests. */
const mostMs = 150_000;
const noticedMs = 5000;

type Clock = Pick<Host, 'endpoint' | 'clock'>;

/**
 * Compares the clocks of hosts, before anything is made.
 *
 * @throws {ResourceError} when two of them differ by more than Ganeti bears
 */
export function compareClocks(hosts: readonly Clock[], report: Report): void {
  const sorted = hosts.toSorted((a, b) => a.clock.aheadMs - b.clock.aheadMs);
  const [slow, fast] = [sorted[0], sorted.at(-1)];
  if (slow === undefined || fast === undefined) return;
  const between = fast.clock.aheadMs - slow.clock.aheadMs;
  const sure = between - fast.clock.marginMs - slow.clock.marginMs;
  const message = `the clock of ${fast.endpoint} is ${seconds(between)} ahead of that of ${slow.endpoint}`;
  const hint = 'let both follow a time server (NTP): chrony, or systemd-timesyncd';
  if (sure > mostMs) throw new ResourceError(`${message}; Ganeti bears ${mostMs / 1000} s`, { hint });
  if (sure > noticedMs) report({ type: 'warning', message, hint });
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
