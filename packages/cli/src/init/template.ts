import type { Answers } from "./answers.ts";

/** A text as YAML reads it back, whatever is in it: a JSON string is a YAML string. */
const text = (value: string): string => JSON.stringify(value);

const source = (answers: Answers): string[] =>
  "git" in answers.source
    ? [
        "source:",
        '  use: "@hawser/source-git"',
        "  with:",
        `    url: ${text(answers.source.git)}`,
        "    # ref: main            # branch, tag or commit; default: the repository's own default branch",
      ]
    : [
        "source:",
        '  use: "@hawser/source-directory"',
        "  with:",
        `    path: ${text(answers.source.directory)}`,
        '    exclude: [".git", ".hawser", "hawser.yaml", "node_modules"]   # what `prepare` makes anew is not taken',
      ];

const reached = (answers: Answers, root: string): string[] =>
  answers.instances.length === 0
    ? [
        "# How instances are reached. Here the instance is a folder on this machine: good to try things.",
        "transport:",
        '  use: "@hawser/transport-local"',
        "",
        "# Who the instances are.",
        "inventory:",
        '  use: "@hawser/inventory-static"',
        "  with:",
        "    instances:",
        `      - { id: local, address: localhost, root: ${text(root)} }`,
      ]
    : [
        "# How instances are reached. Host keys are always checked.",
        "transport:",
        '  use: "@hawser/transport-ssh"',
        "  with:",
        ...(answers.user === undefined ? [] : [`    user: ${text(answers.user)}`]),
        "    knownHosts: ./known_hosts     # make it with ssh-keyscan, and compare the keys once",
        "    # jump: bastion.example.org",
        "",
        "# Who the instances are. An instance has roles (default: web).",
        "inventory:",
        '  use: "@hawser/inventory-static"',
        "  with:",
        "    instances:",
        ...answers.instances.map((address) => `      - ${text(address)}`),
      ];

const balanced = ({ loadBalancer }: Answers): string[] =>
  loadBalancer === undefined
    ? [
        "# loadBalancer:",
        '#   use: "@hawser/lb-haproxy"',
        "#   with: { socket: /run/haproxy/admin.sock, backend: web }",
      ]
    : [
        "loadBalancer:",
        '  use: "@hawser/lb-haproxy"',
        "  with:",
        `    socket: ${text(loadBalancer.socket)}`,
        `    backend: ${text(loadBalancer.backend)}`,
      ];

/** A config with a word on every part. `root` is the deploy root of an instance on this machine. */
export const configText = (answers: Answers, root: string): string =>
  [
    "# What is deployed, from where, to which instances. `hawser validate` checks this file, `hawser doctor` the rest.",
    `app: ${text(answers.app)}`,
    "",
    "# Where the application comes from. Only the deployer talks to it, never an instance.",
    ...source(answers),
    "",
    "# Where releases and the state of the environments are kept.",
    "storage:",
    '  use: "@hawser/storage-fs"',
    "  with:",
    "    directory: ./.hawser/storage",
    "",
    ...reached(answers, root),
    "",
    "# What makes a tree of files an application that runs. Every command is a shell command.",
    "installer:",
    '  use: "@hawser/installer-script"',
    "  with:",
    "    prepare: []           # once, on the deployer: dependencies, assets",
    "    install: []           # on every instance, in the new release, before it goes into service",
    "    activate: []          # on every instance, after the switch: reload the application server",
    "    shared: []            # paths that all releases share: uploads, logs",
    '    # check: { http: "http://127.0.0.1/health" }   # must answer before the next instances follow',
    "",
    "# What takes an instance out of traffic while it is switched.",
    ...balanced(answers),
    "",
    "# keep: 5                 # good releases kept",
    "# rollout: { maxUnavailable: 25%, waves: [10%, 100%] }",
    "",
    "# environments:           # each overrides parts of the above",
    "#   production: { confirm: true }",
    "",
  ].join("\n");
