const longest = 100;

/** What the builder itself says, and not a program that it runs. */
const chatter = /^(Step \d+\/\d+ : | *---> |Removing intermediate container )/;

export function isChatter(line: string): boolean {
  return chatter.test(line);
}

/** The engine's account of a step that failed repeats the whole of its command, which may be a page long. */
export function shortenFailure(failure: string): string {
  return failure.replace(/(?<=^The command ').*(?=' returned)/s, (command) => {
    const line = command.replaceAll(/\s+/g, ' ');
    return line.length > longest ? `${line.slice(0, longest)} ...` : line;
  });
}
