import { env } from 'node:process';

/**
 * On all that tests of the slice make, and on nothing else.  Two runs at once on one engine need different prefixes, as the
 * end-to-end tests do.
 */
export const sliceTest = { 'vcluster-box.test': `${env['VCLUSTER_BOX_TEST_PREFIX'] ?? ''}slice` };
