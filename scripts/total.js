// Prints the totals of reports of vitest's JSON reporter; exits with 1 if no test ran, or one failed.
import { existsSync, readFileSync } from 'node:fs';

const files = process.argv.slice(2);
const reports = files.filter((path) => existsSync(path)).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);

// A file that cannot be loaded and a run that was aborted contain no failed tests, but count as failures.
const unloadable = reports
  .flatMap(({ testResults }) => testResults)
  .filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
const passed = sum('numPassedTests');
const failed = sum('numFailedTests') + unloadable.length + (files.length - reports.length);
const skipped = sum('numPendingTests') + sum('numTodoTests');

console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = passed === 0 || failed > 0 ? 1 : 0;
