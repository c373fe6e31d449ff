/** The caller announces these steps when it starts a run. */
export const imageSteps = {
  base: { id: 'base', title: 'Base image' },
  image: { id: 'image', title: 'Slice image' },
  copy: { id: 'copy', title: 'Copying the image to the other hosts' },
  qa: { id: 'qa-image', title: "Image with Ganeti's QA suite" },
} as const;
