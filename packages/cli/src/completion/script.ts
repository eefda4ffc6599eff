import type { Command } from "commander";
import { type OptionWords, type VerbWords, wordsOf } from "./words.ts";

export const shells: readonly Shell[] = ["bash", "zsh", "fish"];
export type Shell = "bash" | "zsh" | "fish";

const flags = (options: readonly OptionWords[]): string[] =>
  options.flatMap(({ long, short }) => (short === undefined ? [long] : [short, long]));

const withValue = (words: VerbWords, value: OptionWords["value"]): string[] => [
  ...new Set(
    [words, ...words.verbs].flatMap(({ options }) =>
      flags(options.filter((option) => option.value === value)),
    ),
  ),
];

const bash = (words: VerbWords): string => `_hawser() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} verb= index
  local globals="${flags(words.options).join(" ")} --help"
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      ${[...withValue(words, "text"), ...withValue(words, "file")].join("|")}) ((index++)) ;;
      -*) ;;
      *) verb=\${COMP_WORDS[index]}; break ;;
    esac
  done
  case $previous in
    ${withValue(words, "file").join("|")}) COMPREPLY=($(compgen -f -- "$current")); return ;;
    ${withValue(words, "text").join("|")}) COMPREPLY=(); return ;;
  esac
  case $verb in
    "") COMPREPLY=($(compgen -W "${words.verbs.map(({ name }) => name).join(" ")} help $globals" -- "$current")) ;;
${words.verbs
  .map((verb) => {
    const own = [
      ...flags(verb.options),
      ...verb.verbs.map(({ name }) => name),
      ...(verb.name === "completion" ? shells : []),
    ];
    return `    ${verb.name}) COMPREPLY=($(compgen -W "${[...own, "$globals"].join(" ")}" -- "$current")) ;;`;
  })
  .join("\n")}
  esac
}
complete -F _hawser hawser`;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const zshOption = ({ long, description, value }: OptionWords): string => {
  const after = value === "file" ? ":file:_files" : value === "text" ? ":value:" : "";
  return quoted(`${long}[${description.replace(/[[\]:]/g, " ")}]${after}`);
};

const zsh = (words: VerbWords): string => `#compdef hawser
_hawser() {
  local -a verbs globals
  verbs=(
${words.verbs.map(({ name, description }) => `    ${quoted(`${name}:${description.replaceAll(":", " ")}`)}`).join("\n")}
  )
  globals=(
${words.options.map((option) => `    ${zshOption(option)}`).join("\n")}
  )
  _arguments -C $globals '1: :->verb' '*:: :->rest' && return
  case $state in
    verb) _describe verb verbs ;;
    rest)
      case $words[1] in
${words.verbs
  .map((verb) => {
    const more =
      verb.name === "completion"
        ? `'1:shell:(${shells.join(" ")})'`
        : verb.verbs.length > 0
          ? `'1:verb:(${verb.verbs.map(({ name }) => name).join(" ")})'`
          : "";
    return `        ${verb.name}) _arguments $globals ${[...verb.options.map(zshOption), more].filter(Boolean).join(" ")} ;;`;
  })
  .join("\n")}
      esac ;;
  esac
}
compdef _hawser hawser`;

const fishOption = (condition: string, { long, short, description, value }: OptionWords): string => {
  const needs = value === "file" ? " -r -F" : value === "text" ? " -x" : "";
  const brief = short === undefined ? "" : ` -s ${short.slice(1)}`;
  return `complete -c hawser${condition}${brief} -l ${long.slice(2)}${needs} -d ${quoted(description)}`;
};

const fish = (words: VerbWords): string =>
  [
    "complete -c hawser -f",
    ...words.options.map((option) => fishOption("", option)),
    ...words.verbs.flatMap((verb) => {
      const inside = ` -n ${quoted(`__fish_seen_subcommand_from ${verb.name}`)}`;
      const further = verb.name === "completion" ? shells : verb.verbs.map(({ name }) => name);
      return [
        `complete -c hawser -n __fish_use_subcommand -a ${verb.name} -d ${quoted(verb.description)}`,
        ...verb.options.map((option) => fishOption(inside, option)),
        ...further.map((word) => `complete -c hawser${inside} -a ${word}`),
      ];
    }),
  ].join("\n");

/** A script that completes every verb and option of this version. */
export const completionScript = (shell: Shell, program: Command): string =>
  ({ bash, zsh, fish })[shell](wordsOf(program));
