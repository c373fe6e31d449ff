// Prints the total numbers of tests from the files of scripts/reporter.js, and all skipped tests with their reasons.
// Exits with 1 if no test ran or one failed, and with REQUIRE_DOCKER=1 also if one was skipped that is not listed
// below.
import { existsSync, readFileSync } from 'node:fs';
import { env } from 'node:process';

/** Tests that can be skipped on a machine where everything is installed, and why. */
const allowed = [
  {
    test: 'test/e2e/security.test.ts > a running slice > runs under the default AppArmor profile',
    reason: 'Linux can be built without AppArmor; another test checks that no slice names a profile',
  },
];

const files = process.argv.slice(2);
const reports = files.filter((path) => existsSync(path)).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const all = (field) => reports.flatMap((report) => report[field]);

const reasonOf = ({ name }) => allowed.find(({ test }) => name.startsWith(test))?.reason;
const skipped = all('skipped');
const unexpected = env.REQUIRE_DOCKER === '1' ? skipped.filter((test) => reasonOf(test) === undefined) : [];
for (const test of skipped) {
  const reason = [reasonOf(test), test.note].filter((each) => each !== undefined).join('; ');
  console.log(
    `${unexpected.includes(test) ? 'must not be skipped' : 'skipped'}: ${test.name}${reason && ` (${reason})`}`,
  );
}
for (const failure of all('failed')) console.log(`failed: ${failure}`);

const passed = reports.reduce((sum, report) => sum + report.passed, 0);
// A run that was aborted leaves no report.
const failed = all('failed').length + unexpected.length + (files.length - reports.length);
const notRun = all('notRun').length;
const totals = [
  `${passed} passed`,
  `${failed} failed`,
  notRun && `${notRun} not run`,
  skipped.length && `${skipped.length} skipped`,
];
console.log(totals.filter(Boolean).join(', '));
process.exitCode = passed === 0 || failed > 0 ? 1 : 0;
