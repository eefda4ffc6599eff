// Reads a command line as Symfony's console does: options anywhere, `--` ends them, the first word is the command.

const refuse = (command, refused) => ({ command, refused });

/** The option that a word names, with its value when the word holds one. */
const optionIn = (word, options) => {
  if (word.startsWith("--")) {
    const [name, ...rest] = word.slice(2).split("=");
    const bare = name.startsWith("no-") ? name.slice(3) : undefined;
    if (options[name] !== undefined) return { name, value: rest.length > 0 ? rest.join("=") : undefined };
    if (bare !== undefined && options[bare]?.value === "negatable") return { name: bare, value: false };
    return undefined;
  }
  const name = Object.keys(options).find((each) => options[each].shortcut === word[1]);
  return name && { name, value: word.length > 2 ? word.slice(2).replace(/^=/, "") : undefined };
};

const takesNext = (option, next) =>
  option.value === "required" || (option.value === "optional" && next !== undefined && !next.startsWith("-"));

/** Sets options[name]; gives what is wrong with it. */
const put = (known, found, rest, options) => {
  const option = known[found.name];
  if (option.value === "none" && found.value !== undefined)
    return `The "--${found.name}" option does not accept a value.`;
  let { value } = found;
  if (value === undefined && takesNext(option, rest[0])) value = rest.shift();
  if (value === undefined && option.value === "required")
    return `The "--${found.name}" option requires a value.`;
  options[found.name] = option.array ? [...(options[found.name] ?? []), value] : (value ?? true);
  return undefined;
};

const wrongArguments = (known, values) => {
  const list = known.arguments ?? [];
  const least = list.filter(({ required }) => required).length;
  if (values.length < least) return `Not enough arguments (missing: "${list[values.length].name}").`;
  if (values.length > list.length && !list.at(-1)?.array)
    return `No arguments expected beyond ${list.length}.`;
  return undefined;
};

/** The call's command, options and arguments, or why it is refused. */
export const parseCall = (list, argv) => {
  const words = argv.slice();
  const command = firstWord(list, words);
  if (command === undefined && argv.includes("--version"))
    return { command: "version", options: {}, values: [] };
  if (command === undefined) return refuse("list", "no command was named");
  const known = list.commands[command];
  if (known === undefined) return refuse(command, `Command "${command}" is not defined.`);
  const all = { ...list.options, ...known.options };
  const [options, values] = [{}, []];
  let ended = false;
  while (words.length > 0) {
    const word = words.shift();
    if (!ended && word === "--") ended = true;
    else if (ended || !/^-./.test(word)) values.push(word);
    else {
      const found = optionIn(word, all);
      const wrong =
        found === undefined ? `The "${word}" option does not exist.` : put(all, found, words, options);
      if (wrong !== undefined) return refuse(command, wrong);
    }
  }
  const wrong = wrongArguments(known, values);
  return wrong === undefined ? { command, options, values } : refuse(command, wrong);
};

/** Takes the command's name out of the words. Only options that every command has may stand before it. */
const firstWord = (list, words) => {
  const at = words.findIndex((word, index) => {
    const before = optionIn(words[index - 1] ?? "", list.options);
    return (
      !word.startsWith("-") &&
      !(before !== undefined && list.options[before.name].value === "required" && before.value === undefined)
    );
  });
  return at < 0 ? undefined : words.splice(at, 1)[0];
};
