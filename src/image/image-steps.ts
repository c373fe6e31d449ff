/** To be announced by whoever starts the run. */
export const imageSteps = {
  base: { id: 'base', title: 'Base image' },
  image: { id: 'image', title: 'Slice image' },
} as const;
