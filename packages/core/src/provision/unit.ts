/** What the unit starts, and as whom. */
export interface UnitSettings {
  readonly application: string;
  readonly environment: string;
  readonly root: string;
  /** Where the boot script lies on the machine. */
  readonly script: string;
  /** Default: root. The user that deploys over sessions, so that both may write. */
  readonly user?: string;
}

/**
 * The systemd unit of the boot script: once at each boot, when the network is there, and again while it fails for what
 * passes. A machine that cannot verify, or that was set up wrong, stays as it is until a person has looked.
 */
export const systemdUnit = ({ application, environment, root, script, user }: UnitSettings): string =>
  [
    "[Unit]",
    `Description=Bring ${application} (${environment || "top level"}) to the desired release`,
    "Wants=network-online.target",
    "After=network-online.target",
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=oneshot",
    "RemainAfterExit=yes",
    ...(user === undefined ? [] : [`User=${user}`, `ExecStartPre=+/usr/bin/install -d -o ${user} ${root}`]),
    `ExecStart=/bin/sh ${script}`,
    "Restart=on-failure",
    "RestartSec=15",
    "RestartPreventExitStatus=2 65",
    // What the application's own commands start shall live on.
    "KillMode=process",
    "TimeoutStartSec=infinity",
    "StandardOutput=journal",
    "",
    "[Install]",
    "WantedBy=multi-user.target",
    "",
  ].join("\n");
