import { env } from 'node:process';

/**
 * The label of everything that tests of the slice create.  Two concurrent runs on one engine need different prefixes,
 * as the end-to-end tests do. They have no other labels, so no command of vcluster-box sees them: the end-to-end tests
 * run at the same time.
 */
export const sliceTest = { 'vcluster-box.test': `${env['VCLUSTER_BOX_TEST_PREFIX'] ?? ''}slice` };
