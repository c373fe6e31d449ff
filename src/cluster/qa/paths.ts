const bundle = '/usr/lib/vcluster-box-qa';

/** Places of the QA suite in its image and, while it runs, in a slice: `images/qa/`. */
export const qaPaths = {
  parent: '/usr/lib',
  bundle,
  /** brings what the suite needs beside itself; `--undo` takes all away */
  equip: `${bundle}/equip`,
  /** where Python finds the suite, and Ganeti's own modules */
  python: `${bundle}/python:/usr/share/ganeti/default`,
  /** runs the suite to its end, whatever fails */
  runner: `${bundle}/run_suite.py`,
  /** the suite's own program, which ends at the first test that fails */
  program: `${bundle}/python/qa/ganeti-qa.py`,
  configuration: `${bundle}/configuration.json`,
} as const;
