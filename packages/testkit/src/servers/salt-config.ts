/** What a Salt daemon writes lies below one folder. */
const places = (folder: string): readonly string[] => [
  `root_dir: ${folder}`,
  `pki_dir: ${folder}/pki`,
  `cachedir: ${folder}/cache`,
  `sock_dir: ${folder}/sock`,
  `pidfile: ${folder}/pid`,
  `extension_modules: ${folder}/modules`,
  `log_file: ${folder}/log`,
  "log_level: error",
  "log_level_logfile: warning",
  "user: root",
];

/** Where the parts of a master listen. */
export interface SaltPorts {
  /** Of this machine, where minions reach the master. */
  readonly address: string;
  readonly publish: number;
  readonly answer: number;
  readonly api: number;
}

/** What a deployer needs to be allowed, and nothing else. */
const deployerRights: readonly string[] = [
  "      - '*':",
  "          - cmd.run_all",
  "          - saltutil.find_job",
  "          - saltutil.term_job",
  "      - '@runner':",
  "          - jobs.lookup_jid",
  "          - cache.grains",
  "      - '@wheel':",
  "          - key.list_all",
];

/** A master with two users of external authentication: `deploy` may what Hawser needs, `operator` everything. */
export const masterConfig = (
  folder: string,
  ports: SaltPorts,
  secret: string,
  tls: { readonly key: string; readonly certificate: string } | undefined,
  more: readonly string[],
): string =>
  [
    ...places(folder),
    `interface: ${ports.address}`,
    `publish_port: ${ports.publish}`,
    `ret_port: ${ports.answer}`,
    "auto_accept: True",
    "worker_threads: 3",
    "netapi_enable_clients: [local, local_async, runner, wheel]",
    `sharedsecret: ${secret}`,
    "external_auth:",
    "  sharedsecret:",
    "    operator: ['.*', '@runner', '@wheel', '@jobs']",
    "    deploy:",
    ...deployerRights,
    "rest_cherrypy:",
    "  host: 127.0.0.1",
    `  port: ${ports.api}`,
    ...(tls === undefined
      ? ["  disable_ssl: True"]
      : [`  ssl_crt: ${tls.certificate}`, `  ssl_key: ${tls.key}`]),
    ...more,
    "",
  ].join("\n");

export const minionConfig = (
  folder: string,
  id: string,
  ports: SaltPorts,
  roles: readonly string[],
): string =>
  [
    ...places(folder),
    `id: ${id}`,
    `master: ${ports.address}`,
    `publish_port: ${ports.publish}`,
    `master_port: ${ports.answer}`,
    "enable_fqdns_grains: False",
    "acceptance_wait_time: 1",
    "recon_default: 100",
    "recon_max: 1000",
    `grains: ${JSON.stringify({ roles })}`,
    "",
  ].join("\n");
