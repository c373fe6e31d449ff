/**
 * Escapes characters that control a terminal or hide text, such as those that change its direction.  JSON keeps its
 * meaning.
 */
export function escapeControl(text: string): string {
  return text.replaceAll(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => {
      return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}

/** Also keeps the text on one line. */
export function escapeName(text: string): string {
  return escapeControl(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

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

/** Formats a duration: `0.4 s`, `12 s`, `2 min 5 s`. */
export function formatElapsed(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
