import { env } from 'node:process';

/**
 * The label of everything that tests of the slice create.  Two concurrent runs on one engine need different prefixes, as the
 * end-to-end tests do.
 */
export const sliceTest = { 'vcluster-box.test': `${env['VCLUSTER_BOX_TEST_PREFIX'] ?? ''}slice` };
