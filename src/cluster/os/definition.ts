/** An OS definition on this machine, which was looked at and found right. */
export interface OsDefinition {
  /** as Ganeti has it */
  readonly name: string;
  /** as the user named it, or a path below that */
  readonly path: string;
}
