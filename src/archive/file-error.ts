import { FileError, VclusterError } from '../errors.ts';

const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such file or directory',
  ENOTDIR: 'a part of the path is no directory',
  EISDIR: 'it is a directory',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'your quota on that disk is used up',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
};

/**
 * What the system says about a local file, in a sentence.
 *
 * @param doing completes `cannot ...`: `read ./notes`
 * @returns the same error, if it is one of ours or none of the system's
 */
export function fileError(error: unknown, doing: string): unknown {
  if (error instanceof VclusterError || !(error instanceof Error) || !('code' in error)) return error;
  const reason = words[String(error.code)];
  return reason === undefined
    ? new FileError(`cannot ${doing}`, { cause: error })
    : new FileError(`cannot ${doing}: ${reason}`);
}
