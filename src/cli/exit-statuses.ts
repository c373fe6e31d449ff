/** For the help; `docs/cli.md` says more. */
export const exitStatuses = `
Exit status:
  0    done
  1    status: something is down; doctor: something fails
  2    bad usage
  70   a bug in vcluster-box
  125  a failure that was foreseen; after "hint:" is what to do
  129  ended by SIGHUP
  130  ended by SIGINT (Ctrl-C)
  141  nobody reads the output any more
  143  ended by SIGTERM
  any  exec: that of its command`;
