import { geteuid, seteuid } from 'node:process';

/** Acts as a user to whom files can be unreadable; root reads everything. */
export async function asNobody(act: () => Promise<void>): Promise<void> {
  if (geteuid?.() !== 0) return act();
  seteuid?.(65534);
  try {
    await act();
  } finally {
    seteuid?.(0);
  }
}
