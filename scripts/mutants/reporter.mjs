/**
 * Says on standard output what the tests made of a fault, and ends the run as soon as one has caught it:
 * `verdict {"verdict": "killed", "by": "…"}`; `survived`; or `broken`, where a suite did not load: it has not looked at the
 * fault, so it has not caught it.
 */
export default class Verdict {
  onTestCaseResult(_test, { status, fullName }) {
    if (status === 'failed') say({ verdict: 'killed', by: fullName });
  }

  onTestFileResult(_test, { testResults, testExecError, failureMessage }) {
    const failed = testResults.find(({ status }) => status === 'failed');
    if (failed) say({ verdict: 'killed', by: failed.fullName });
    if (testExecError) say({ verdict: 'broken', by: String(failureMessage ?? testExecError.message) });
  }

  onRunComplete(_contexts, { numPassedTests }) {
    say(numPassedTests > 0 ? { verdict: 'survived' } : { verdict: 'broken', by: 'There are no such tests.' });
  }
}

function say(outcome) {
  process.stdout.write(`\nverdict ${JSON.stringify(outcome)}\n`, () => process.exit(0));
}
