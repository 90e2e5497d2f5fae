/**
 * The last line of a test run: `N passed, N failed`, and `, N skipped` behind it where tests need what is not here (zsh,
 * Chromium): they are not passed, and in CI, which installs all of it, they have failed. A suite that did not load counts as one failure, and so does a
 * test whose name another test of its project has: a name says what is tested, and one thing is tested once.
 */
export default class Tally {
  #error;

  onRunComplete(_contexts, results) {
    const repeated = repeatedNames(results.testResults);
    for (const name of repeated) console.error(`Two tests have the name: ${name}`);
    if (repeated.length > 0) this.#error = new Error(`${repeated.length} names of tests are not unique.`);
    const skipped = results.numPendingTests;
    const isRefused = skipped > 0 && Boolean(process.env.CI);
    if (isRefused) this.#error = new Error(`${skipped} tests were skipped: CI has to install what they need.`);
    const failed =
      (isRefused ? skipped : 0) + results.numFailedTests + results.numRuntimeErrorTestSuites + repeated.length;
    const rest = skipped > 0 && !isRefused ? `, ${skipped} skipped` : '';
    // Jest's own summary is printed after every other reporter; the exit is after that.
    process.once('exit', () => process.stdout.write(`${results.numPassedTests} passed, ${failed} failed${rest}\n`));
  }

  /** Jest fails the run where this gives an error. */
  getLastError() {
    return this.#error;
  }
}

function repeatedNames(suites) {
  const [seen, repeated] = [new Set(), []];
  for (const { displayName, testResults } of suites) {
    for (const { fullName } of testResults) {
      const name = `${displayName?.name}: ${fullName}`;
      if (seen.has(name)) repeated.push(name);
      seen.add(name);
    }
  }
  return repeated;
}
