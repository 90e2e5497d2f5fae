import { writeFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import { commandNames } from '../../src/cli/commands/index.js';
import { needing } from '../setup/needing.js';
import { cotangent, execute, folder } from './cotangent.js';

// Each test starts programs, on a machine that may be busy.
jest.setTimeout(60_000);

const cwd = folder();

async function scriptFor(shell: string): Promise<void> {
  const { code, stdout, stderr } = await cotangent(['completion', shell], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  writeFileSync(`${cwd}/completion.${shell}`, stdout);
}

describe('in bash', () => {
  /** What bash proposes for the last of `words`. */
  const proposed = async (...words: string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const script = `source ./completion.bash; COMP_WORDS=(cotangent ${quoted}); COMP_CWORD=${words.length}
      complete -p cotangent >/dev/null || exit 3
      _cotangent; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { code, stdout, stderr } = await execute('bash', ['--norc', '-c', script], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout.split('\n').filter((line) => line !== '');
  };

  test('the script completes commands, options, and values', async () => {
    await scriptFor('bash');
    expect(await proposed('')).toEqual([...commandNames, 'help', '--help', '--version']);
    expect(await proposed('ser')).toEqual(['serve']);
    expect(await proposed('serve', '--po')).toEqual(['--port']);
    expect(await proposed('check', '--po')).toEqual([]);
    expect(await proposed('apply', '--output-format', '')).toEqual(['json', 'json+base64', 'json+binref']);
    expect(await proposed('apply', '--output-format', '=', 'json+ba')).toEqual(['json+base64']);
    expect(await proposed('apply', '--derive', 'vjpFromJa')).toEqual(['vjpFromJacobian']);
    expect(await proposed('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await proposed('--debug', 'jacobian-')).toEqual(['jacobian-vector-product']);
    expect(await proposed('help', 'insp')).toEqual(['inspect']);
  });
});

describe('in zsh', () => {
  const inZsh = needing('zsh');

  /** The line that zsh makes of `keys`, typed in an interactive shell with Tab for `→`. */
  const typed = async (keys: string) => {
    const script = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell "PS1= ; unsetopt zle_bracketed_paste; stty -echo"
      zpty -w shell "autoload -U compinit; compinit -u -d $PWD/dump; source ./completion.zsh"
      zpty -w shell "cotangent() { print -r -- \\"<\\$*>\\" }; print READY"
      zpty -r shell seen '*READY*'
      zpty -w shell $'${keys.replaceAll('→', '\\t')}'
      zpty -r shell line '*<*>*'
      print -r -- \${\${line##*<}%%>*}
      zpty -d shell`;
    const { stdout } = await execute('zsh', ['-f', '-c', script], { cwd });
    return stdout.trim();
  };

  inZsh(
    'the script completes commands, options, and values',
    async () => {
      await scriptFor('zsh');
      expect(await typed('cotangent ser→')).toBe('serve');
      expect(await typed('cotangent vector→')).toBe('vector-jacobian-product');
      expect(await typed('cotangent serve --por→9')).toBe('serve --port=9');
      expect(await typed('cotangent apply --output-format json+ba→')).toBe('apply --output-format json+base64');
      expect(await typed('cotangent apply --derive vjpFromJa→')).toBe('apply --derive vjpFromJacobian');
      expect(await typed('cotangent completion fi→')).toBe('completion fish');
    },
    60_000,
  );
});

describe('in fish', () => {
  test('the script has a line for every command', async () => {
    const { stdout } = await cotangent(['completion', 'fish'], { cwd });
    for (const name of commandNames) expect(stdout).toContain(`-f -a ${name} -d`);
    expect(stdout.split('\n').filter((line) => line !== '' && !/^(#|complete -c cotangent )/.test(line))).toEqual([]);
  });
});

test('another shell is refused with the names of those there are', async () => {
  const { code, stderr } = await cotangent(['completion', 'csh'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('bash, zsh, fish');
});
