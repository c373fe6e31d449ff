// A reporter of vitest for scripts/total.js: writes what passed, failed and was skipped, and the time of each file, as
// JSON to `--outputFile`. Unlike vitest's own JSON, it has failed hooks, files that cannot be loaded, and errors
// outside of tests: a `beforeAll` that throws only marks its tests as skipped.
import { writeFileSync } from 'node:fs';

export default class TotalReporter {
  onInit(vitest) {
    this.config = vitest.config;
    this.startedAt = performance.now();
  }

  onTestRunEnd(modules, unhandledErrors, reason) {
    const report = {
      seconds: (performance.now() - this.startedAt) / 1000,
      passed: 0,
      failed: unhandledErrors.map(({ message }) => `error outside of tests: ${message}`),
      notRun: [],
      skipped: [],
      files: modules.map((module) => ({
        project: module.project.name,
        file: module.relativeModuleId,
        seconds: module.diagnostic().duration / 1000,
      })),
    };
    if (reason === 'interrupted') report.failed.push('the run was interrupted');
    for (const module of modules) this.add(report, module, module.relativeModuleId, false);
    writeFileSync(this.config.outputFile, JSON.stringify(report));
  }

  /** Adds a file or a suite; `broken`: whether a hook of it or of a suite around it failed. */
  add(report, suite, name, broken) {
    const errors = suite.errors();
    for (const { message } of errors) report.failed.push(`${name}: ${message}`);
    for (const child of suite.children) {
      const childName = `${name} > ${child.name}`;
      if (child.type === 'suite') this.add(report, child, childName, broken || errors.length > 0);
      else this.addTest(report, child, childName, broken || errors.length > 0);
    }
  }

  addTest(report, test, name, broken) {
    const { state, note } = test.result();
    if (state === 'passed') report.passed += 1;
    else if (state === 'failed') report.failed.push(name);
    else if (broken || state === 'pending' || note?.startsWith('not run: ')) report.notRun.push(name);
    // With -t, all other tests are skipped.
    else if (this.config.testNamePattern === undefined) report.skipped.push({ name, note });
  }
}
