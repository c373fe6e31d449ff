import { ResourceError } from '../../errors.ts';
import type { Report } from '../../events.ts';
import type { Host } from '../up/hosts.ts';

/** Ganeti's `constants.NODE_MAX_CLOCK_SKEW`: beyond it, verify reports errors, and nodes refuse each other's requests. */
const toleratedMs = 150_000;
const noticedMs = 5000;

/**
 * Compares the clocks of hosts, before anything is created.
 *
 * @throws {ResourceError} when two of them differ by more than Ganeti tolerates
 */
export function compareClocks(hosts: readonly Pick<Host, 'endpoint' | 'clock'>[], report: Report): void {
  const sorted = hosts.toSorted((a, b) => a.clock.aheadMs - b.clock.aheadMs);
  const [slow, fast] = [sorted[0], sorted.at(-1)];
  if (slow === undefined || fast === undefined) return;
  const skewMs = fast.clock.aheadMs - slow.clock.aheadMs;
  const certainMs = skewMs - fast.clock.marginMs - slow.clock.marginMs;
  const message = `the clock of ${fast.endpoint} is ${seconds(skewMs)} ahead of that of ${slow.endpoint}`;
  const hint = 'synchronize both with a time server (NTP): chrony, or systemd-timesyncd';
  if (certainMs > toleratedMs) {
    throw new ResourceError(`${message}; Ganeti tolerates at most ${seconds(toleratedMs)} of clock skew`, { hint });
  }
  if (certainMs > noticedMs) report({ type: 'warning', message, hint });
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
