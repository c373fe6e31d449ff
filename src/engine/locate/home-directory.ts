import { homedir } from 'node:os';

/** The user's home directory; for a user without one, a path below which nothing can exist. */
export function homeDirectory(): string {
  try {
    return homedir() || noHome;
  } catch {
    // There is no HOME, and no entry in the list of users.
    return noHome;
  }
}

const noHome = '/dev/null';
