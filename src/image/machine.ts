/** What of this machine is used where a base image has to be made. */
export interface Machine {
  readonly aptDirectory: string;
  /** where tools are looked for; the program's own search path when left out */
  readonly searchPath?: string;
}

export const thisMachine: Machine = { aptDirectory: '/etc/apt' };
