/**
 * All that a slice may do beyond an ordinary process, found by leaving out one after another; `docs/security.md` says
 * what each is for.
 */
export const capabilities: readonly string[] = [
  'NET_ADMIN',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'SETUID',
  'SETGID',
  'KILL',
  'SYS_CHROOT',
  'NET_RAW',
  'NET_BIND_SERVICE',
  'SETFCAP',
];
