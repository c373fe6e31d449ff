/**
 * Labels of images.  Containers inherit them, so none is one of those that make a container part of a cluster.
 */
export const imageLabels = {
  /** `slice`, on every slice image; `qa` on one with Ganeti's QA suite on top */
  kind: 'vcluster-box.image',
  /** Ganeti's version, on every slice image */
  ganeti: 'vcluster-box.ganeti',
  /** hash of the build context, on slice images that this program built */
  context: 'vcluster-box.context',
  /** Debian release, on base images that this program made */
  base: 'vcluster-box.base',
} as const;
