/** Completion for zsh. */
import { type CompletedOption, type Completion, quoted } from './completion.js';

/** A script for a folder of `$fpath`; sourcing it works too. */
export function zshScript(commands: readonly Completion[]): string {
  const list = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n');
  return `#compdef cotangent
# Completion of cotangent for zsh.
_cotangent() {
  local -a commands
  commands=(
${list}
    'help:Say how a command is used.'
  )
  if (( CURRENT == 2 )); then
    _describe 'command' commands
    _arguments '--help[Say how a command is used.]' '--version[Print the version.]'
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
    help) _describe 'command' commands ;;
${commands.map(caseOf).join('\n')}
  esac
}
if [[ $funcstack[1] == _cotangent ]]; then
  _cotangent "$@"
else
  compdef _cotangent cotangent
fi
`;
}

function caseOf({ name, words, options }: Completion): string {
  const rest = words.length > 0 ? `'1:argument:(${words.join(' ')})'` : "'*:file:_files'";
  return `    ${name}) _arguments -s ${[...options.flatMap(specsOf), rest].join(' ')} ;;`;
}

function specsOf(option: CompletedOption): readonly string[] {
  const { name, short, summary, takesValue } = option;
  const text = `[${summary.replace(/[[\]:\\]/g, (mark) => `\\${mark}`)}]`;
  const value = takesValue ? `:value:${valuesOf(option)}` : '';
  const repeat = name === 'derive' ? '*' : '';
  return [
    quoted(`${repeat}--${name}${takesValue ? '=' : ''}${text}${value}`),
    ...(short === undefined ? [] : [quoted(`${repeat}-${short}${text}${value}`)]),
  ];
}

function valuesOf({ words, folder }: CompletedOption): string {
  if (words.length > 0) return `(${words.join(' ')})`;
  return folder ? '_files -/' : '_files';
}
