/** On all that the tests of the slice make. */
export const sliceTest = { 'vcluster-box.test': 'slice' };
