/** Formats the size of data in decimal units, as Docker does for images: `0.4 MB`, `348 MB`. */
export function formatBytes(bytes: number): string {
  const megabytes = bytes / 1e6;
  return `${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`;
}

const mebi = 2 ** 20;

/** Formats an amount of memory in binary units: `512 MiB`, `1.5 GiB`. */
export function formatMemory(bytes: number): string {
  return bytes < 1024 * mebi ? `${Math.round(bytes / mebi)} MiB` : `${(bytes / 1024 / mebi).toFixed(1)} GiB`;
}
