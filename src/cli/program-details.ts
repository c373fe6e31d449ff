/** What holds for the whole program.  (See `parseProse` for how it is written.) */
export const programDetails = `
\`vcluster-box COMMAND --help\` has all options of a command.

Options that are listed here may stand before the command's name or after it; what stands nearer to the command counts.

## Which cluster

\`-c NAME\`, else \`VCLUSTER_BOX_CLUSTER\`, else the only cluster that there is, else the one called \`vcluster\`. \`up\` without
a name means \`vcluster\`.

## Output

stdout is the result, stderr the story: progress, warnings and errors go to stderr, so the result can be piped. Where a
command has \`--json\`, its result is for programs.

\`--progress auto\` draws a list on a terminal, and prints lines elsewhere; \`json\` prints one event a line, with its time.

## Exit status

- 0  done
- 1  \`status\`: something is down; \`doctor\`: something fails
- 2  bad usage: an unknown option, a value that cannot be
- 70  a bug in vcluster-box, shown with its stack
- 125  a failure that was foreseen; the message says what went wrong and, after \`hint:\`, what to do about it
- 129  ended by SIGHUP
- 130  ended by SIGINT (Ctrl-C)
- 141  whoever read the output stopped reading
- 143  ended by SIGTERM
- any  \`exec\`: the command's own

## Which engine

\`DOCKER_HOST\`; else the current docker context; else the first that answers of the usual sockets, the rootless ones
included. When none does, the message says what was tried.

\`DOCKER_HOST\`, or the context, may name an engine on another machine: \`ssh://[USER@]HOST[:PORT][/SOCKET]\` forwards that engine's
socket (\`/var/run/docker.sock\`) by OpenSSH, so your ssh configuration, keys, agent and known hosts hold, and nothing but sshd
is needed there. ssh cannot ask anything meanwhile: \`ssh HOST true\` must work without questions. With \`tcp://HOST:2376\`,
\`DOCKER_TLS_VERIFY\` and \`DOCKER_CERT_PATH\` are as for docker. What is published on 127.0.0.1 is then on that machine:
\`--rapi ADDRESS:PORT\` chooses another address.
`;
