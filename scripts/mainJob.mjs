/**
 * The main job of the README, run as it stands there: start it, run its `curl` line, compare the answer, stop it.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import process from 'node:process';

const readme = readFileSync('README.md', 'utf8');
const [, command, expected] = /```sh\n(curl [^\n]*)\n```\n\n```text\n(.*?)\n```/s.exec(readme) ?? [];
if (command === undefined) throw new Error('The README has no curl line with its answer behind it.');

const server = spawn('npm', ['start', '--silent'], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
let output = '';
const served = new Promise((resolve, reject) => {
  const watch = (chunk) => {
    output += chunk;
    if (output.includes('is served at')) resolve();
  };
  server.stdout.on('data', watch);
  server.stderr.on('data', watch);
  server.on('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
  setTimeout(() => reject(new Error(`npm start does not serve:\n${output}`)), 120_000).unref();
});

try {
  await served;
  server.removeAllListeners('exit');
  const answer = execFileSync('bash', ['-c', command], { encoding: 'utf8' }).trim();
  if (answer !== expected) throw new Error(`The README promises\n${expected}\nand the answer is\n${answer}`);
  console.log(`${command}\n${answer}`);
} finally {
  if (server.exitCode === null) {
    process.kill(-server.pid, 'SIGTERM');
    await once(server, 'exit');
  }
}
