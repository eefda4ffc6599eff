/** What the unit of a watch starts, and as whom. */
export interface WatchUnitSettings {
  readonly application: string;
  readonly environment: string;
  /** The program and its arguments; the program by its absolute path. */
  readonly command: readonly string[];
  /** Default: root. */
  readonly user?: string;
}

/** One word of `ExecStart` (systemd.service(5)): nothing in it is a specifier, a variable or a separator. */
const word = (text: string): string =>
  /^[A-Za-z0-9@%_+=:,./-]+$/.test(text)
    ? text.replaceAll("%", "%%")
    : `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;

/** The systemd unit of a watch: started again when it dies, not when its config or usage is wrong. */
export const watchUnit = ({ application, environment, command, user }: WatchUnitSettings): string =>
  [
    "[Unit]",
    `Description=Keep ${application} (${environment || "top level"}) at the desired release`,
    "Wants=network-online.target",
    "After=network-online.target",
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=exec",
    ...(user === undefined ? [] : [`User=${user}`]),
    `ExecStart=${command.map(word).join(" ")}`,
    "Restart=always",
    "RestartSec=15",
    "RestartPreventExitStatus=2",
    // A turn ends at a safe point first.
    "KillMode=mixed",
    "TimeoutStopSec=30",
    "StandardOutput=journal",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
