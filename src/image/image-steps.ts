/** To be announced by whoever starts the run. */
export const imageSteps = {
  base: { id: 'base', title: 'Base image' },
  image: { id: 'image', title: 'Slice image' },
  qa: { id: 'qa-image', title: "Image with Ganeti's QA suite" },
} as const;
