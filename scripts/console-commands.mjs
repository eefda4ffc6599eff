// Makes a list of commands for the console stand-in of the test kit from an application's public sources:
//   node scripts/console-commands.mjs OUT PROGRAM "NAME VERSION" FOLDER…
// Each folder is a checkout, or a part of one; of two commands of one name that of the later folder counts. What a command takes is read from `configure()`, its parents' and the option
// lists that it imports: packages/testkit/programs/console/README.md says what is taken from where.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [out, program, version, ...folders] = process.argv.slice(2);

/** The arguments of the call whose opening bracket is at `from`: split at its own commas. */
const callArguments = (text, from) => {
  const found = [];
  let [depth, start, quote] = [0, from + 1, ""];
  for (let at = from; at < text.length; at++) {
    const sign = text[at];
    if (quote !== "") {
      if (sign === "\\") at++;
      else if (sign === quote) quote = "";
    } else if (sign === "'" || sign === '"') quote = sign;
    else if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) {
      depth--;
      if (depth === 0)
        return [...found, text.slice(start, at)].map((each) => each.trim()).filter((each) => each !== "");
    } else if (sign === "," && depth === 1) {
      found.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return found;
};

/** Without comments, which may hold anything. */
const bare = (text) =>
  text.replace(
    /("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|\/\*[\s\S]*?\*\/|\/\/[^\n]*|#(?!\[)[^\n]*/g,
    (_, kept) => kept ?? "",
  );

const readClass = (file) => {
  const text = bare(readFileSync(file, "utf8"));
  const [, name, parent] = /\bclass (\w+)(?:\s+extends\s+([\w\\]+))?/.exec(text) ?? [];
  if (name === undefined) return undefined;
  const space = /^\s*namespace ([\w\\]+)/m.exec(text)?.[1] ?? "";
  const imports = Object.fromEntries(
    [...text.matchAll(/^use ([\w\\]+)(?: as (\w+))?;/gm)].map(([, path, alias]) => [
      alias ?? path.split("\\").at(-1),
      path,
    ]),
  );
  const constants = Object.fromEntries(
    [...text.matchAll(/\bconst (?:string )?(\w+)\s*=\s*(['"])(.*?)\2/g)].map(([, constant, , value]) => [
      constant,
      value,
    ]),
  );
  return { file, text, full: `${space}\\${name}`, space, parent, imports, constants };
};

const classes = new Map();
for (const folder of folders)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (
      !entry.isFile() ||
      !file.endsWith(".php") ||
      /\/(Test|Tests|test|tests|dev)\//.test(file.slice(folder.length))
    )
      continue;
    const found = readClass(file);
    if (found !== undefined) classes.set(found.full, found);
  }

const named = (owner, name) =>
  name.startsWith("\\")
    ? classes.get(name.slice(1))
    : (classes.get(owner.imports[name] ?? "") ?? classes.get(`${owner.space}\\${name}`));

/** The text that an expression stands for: a literal, or a constant of this class, a parent or an imported one. */
const textOf = (owner, expression = "") => {
  const literal = /^(['"])(.*)\1$/s.exec(expression);
  if (literal) return literal[2];
  const [, of, constant] = /^([\w\\]+)::(\w+)$/.exec(expression) ?? [];
  if (of === undefined) return undefined;
  const own = ["self", "static", "$this"].includes(of);
  for (let at = own ? owner : named(owner, of); at !== undefined; at = at.parent && named(at, at.parent))
    if (at.constants[constant] !== undefined) return at.constants[constant];
  return undefined;
};

const calls = (text, pattern) =>
  [...text.matchAll(pattern)].map((match) => callArguments(text, match.index + match[0].length - 1));

/** By name when a call names its arguments, else by position. */
const argument = (given, name, position) => {
  const byName = given.find((each) => each.startsWith(`${name}:`));
  if (byName !== undefined) return byName.slice(name.length + 1).trim();
  const plain = given[position];
  return plain === undefined || /^\w+:(?!:)/.test(plain) ? undefined : plain;
};

const valueMode = (mode = "") =>
  mode.includes("VALUE_REQUIRED") || mode.includes("InputArgument::REQUIRED")
    ? "required"
    : mode.includes("VALUE_OPTIONAL") || mode.includes("InputArgument::OPTIONAL")
      ? "optional"
      : mode.includes("VALUE_NEGATABLE")
        ? "negatable"
        : "none";

const optionsOf = (owner) =>
  Object.fromEntries(
    calls(owner.text, /(?:->addOption|new InputOption)\(/g).flatMap((given) => {
      const name = textOf(owner, argument(given, "name", 0));
      if (name === undefined) return [];
      const [shortcut, mode] = [textOf(owner, argument(given, "shortcut", 1)), argument(given, "mode", 2)];
      const option = {
        value: valueMode(mode),
        ...(shortcut && { shortcut: shortcut.replace(/^-/, "") }),
        ...(mode?.includes("IS_ARRAY") && { array: true }),
      };
      return [[name.replace(/^--/, ""), option]];
    }),
  );

const argumentsOf = (owner) =>
  calls(owner.text, /(?:->addArgument|new InputArgument)\(/g).flatMap((given) => {
    const name = textOf(owner, argument(given, "name", 0));
    if (name === undefined) return [];
    const mode = argument(given, "mode", 1) ?? "";
    return [
      {
        name,
        ...(mode.includes("REQUIRED") && { required: true }),
        ...(mode.includes("IS_ARRAY") && { array: true }),
      },
    ];
  });

/** A class that is no command, and makes options for commands. Symfony's own makes those of every command. */
const isList = ({ full, text }) =>
  !/Command$/.test(full) && !full.startsWith("Symfony\\") && /new Input(Option|Argument)\(/.test(text);

/** Everything that a class, its parents, and the lists of options that it imports declare. */
const declared = (owner) => {
  const found = { options: {}, arguments: [] };
  for (let at = owner; at !== undefined; at = at.parent && named(at, at.parent)) {
    const lists = Object.keys(at.imports)
      .map((name) => named(at, name))
      .filter((each) => each !== undefined && isList(each));
    for (const each of [at, ...lists]) {
      found.options = { ...optionsOf(each), ...found.options };
      found.arguments = [...found.arguments, ...argumentsOf(each)];
    }
  }
  return found;
};

const nameOf = (owner) => {
  const attribute = calls(owner.text, /#\[AsCommand\(/g)[0];
  const set = calls(owner.text, /->setName\(/g)[0];
  const fixed = /\$defaultName\s*=\s*([^;]+);/.exec(owner.text)?.[1];
  for (const expression of [attribute && argument(attribute, "name", 0), set?.[0], fixed]) {
    const name = textOf(owner, expression);
    if (name !== undefined) return name;
  }
  return undefined;
};

const commands = {};
for (const owner of classes.values()) {
  const name = nameOf(owner);
  if (name === undefined || /\babstract class\b/.test(owner.text)) continue;
  const { options, arguments: list } = declared(owner);
  for (const each of name.split("|").filter((alias) => alias !== ""))
    commands[each] = {
      ...(Object.keys(options).length > 0 && { options }),
      ...(list.length > 0 && { arguments: list }),
    };
}

// What Symfony's console gives to every command, and its application for a kernel.
const options = {
  help: { value: "none", shortcut: "h" },
  quiet: { value: "none", shortcut: "q" },
  verbose: { value: "none", shortcut: "v" },
  version: { value: "none", shortcut: "V" },
  ansi: { value: "negatable" },
  "no-interaction": { value: "none", shortcut: "n" },
  ...(program === "bin/console" && {
    env: { value: "required", shortcut: "e" },
    "no-debug": { value: "none" },
  }),
};
const sorted = Object.fromEntries(Object.entries(commands).sort(([a], [b]) => (a < b ? -1 : 1)));
const list = { program, version, options, commands: sorted };
writeFileSync(out, `${JSON.stringify(list, undefined, 1)}\n`);
console.log(`${out}: ${Object.keys(commands).length} commands of ${version}`);
