/** Completion for bash. */
import { type Completion, formsOf, quoted } from './completion.js';

/** A script to source. It defines one function and needs no other package. */
export function bashScript(commands: readonly Completion[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  return `# Completion of cotangent for bash.
_cotangent() {
  local word=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= i
  COMPREPLY=()
  # --option=value comes as three words.
  [ "$word" = = ] && word=
  [ "$previous" = = ] && previous=\${COMP_WORDS[COMP_CWORD-2]}
  [ "\${COMP_WORDS[COMP_CWORD]}" = = ] && previous=\${COMP_WORDS[COMP_CWORD-1]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in -*) ;; *) command=\${COMP_WORDS[i]}; break ;; esac
  done
  if [ -z "$command" ]; then
    COMPREPLY=($(compgen -W ${quoted(`${names} help --help --version`)} -- "$word"))
    return
  fi
  case "$command $previous" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case $word in
    -*)
      case $command in
${commands.map(optionCase).join('\n')}
      esac ;;
    *)
      case $command in
        help) COMPREPLY=($(compgen -W ${quoted(names)} -- "$word")) ;;
${commands
  .filter(({ words }) => words.length > 0)
  .map(wordCase)
  .join('\n')}
        *) compopt -o default 2>/dev/null ;;
      esac ;;
  esac
}
complete -F _cotangent cotangent
`;
}

function valueCases({ name, options }: Completion): readonly string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map((option) => {
      const pattern = formsOf(option)
        .map((form) => quoted(`${name} ${form}`))
        .join('|');
      const files = option.folder
        ? 'COMPREPLY=($(compgen -d -- "$word")); compopt -o filenames 2>/dev/null'
        : 'compopt -o default 2>/dev/null';
      const reply = option.words.length > 0 ? proposal(option.words) : files;
      return `    ${pattern}) ${reply}; return ;;`;
    });
}

function optionCase({ name, options }: Completion): string {
  return `        ${name}) ${proposal(options.flatMap(formsOf))} ;;`;
}

function wordCase({ name, words }: Completion): string {
  return `        ${name}) ${proposal(words)} ;;`;
}

function proposal(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$word"))`;
}
