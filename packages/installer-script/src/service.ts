import type { NamedCommand } from "./command-options.ts";

/**
 * What runs an application's processes: `systemd:<unit>`, `runit:<directory>`, `supervisor:<name>`, or texts of one's own,
 * of which `reload` is `restart` when it is left out.
 */
export type Service = string | { readonly restart: string; readonly reload?: string; readonly stop?: string };

export type ServiceAction = "restart" | "reload" | "stop";

/** At which signal a process reloads. */
export type ReloadSignal = "HUP" | "USR2";

const text = { type: "string", minLength: 1 };

/** The schema of an option that names a service. */
export const serviceSchema: object = {
  anyOf: [
    {
      type: "string",
      pattern:
        "^(systemd:[A-Za-z0-9_][A-Za-z0-9:_.@\\\\-]{0,254}|runit:/?[A-Za-z0-9_][A-Za-z0-9._/-]{0,254}|supervisor:[A-Za-z0-9_][A-Za-z0-9_.:*-]{0,254})$",
      description: "`systemd:<unit>`, `runit:<directory>` or `supervisor:<name>`",
    },
    {
      type: "object",
      properties: {
        restart: { ...text, description: "The command that starts it anew." },
        reload: { ...text, description: "The command that has it read its code again. Default: `restart`." },
        stop: { ...text, description: "The command that ends it." },
      },
      required: ["restart"],
      additionalProperties: false,
    },
  ],
  description:
    "What runs the processes: `systemd:<unit>`, `runit:<directory>`, `supervisor:<name>`, or commands.",
};

/** As whoever may: the words after it run as they are, or by sudo where the user may not do it alone. */
const manners: Readonly<
  Record<
    string,
    {
      readonly may: string;
      readonly words: Readonly<Record<Exclude<ServiceAction, "reload"> | ReloadSignal, string>>;
    }
  >
> = {
  systemd: {
    may: "false",
    // The unit says itself which signal its process reloads at.
    words: {
      restart: "systemctl restart --",
      HUP: "systemctl reload --",
      USR2: "systemctl reload --",
      stop: "systemctl stop --",
    },
  },
  runit: {
    may: '[ -w "$HAWSER_SERVICE/supervise/control" ]',
    // Alone of the three, runit kills a process that does not stop only when it is told to.
    words: { restart: "sv -w 60 restart", HUP: "sv hup", USR2: "sv 2", stop: "sv -w 60 force-stop" },
  },
  supervisor: {
    may: "supervisorctl pid >/dev/null 2>&1",
    words: {
      restart: "supervisorctl restart",
      HUP: "supervisorctl signal HUP",
      USR2: "supervisorctl signal USR2",
      stop: "supervisorctl stop",
    },
  },
};

const supervised = (
  name: string,
  service: string,
  action: ServiceAction,
  signal: ReloadSignal,
): NamedCommand => {
  const colon = service.indexOf(":");
  const manner = manners[service.slice(0, colon)];
  if (manner === undefined) throw new TypeError("the service passed no schema");
  return {
    name,
    run: `if [ "$(id -u)" != 0 ] && ! ${manner.may}; then set -- sudo -n; fi\n"$@" ${manner.words[action === "reload" ? signal : action]} "$HAWSER_SERVICE"`,
    user: null,
    env: { HAWSER_SERVICE: service.slice(colon + 1) },
  };
};

/**
 * The command that restarts, reloads or stops a service, under a key of the recipe's. Undefined only for `stop` where a
 * service of one's own has no text for it. It runs as the transport's user: that one may sudo, not the application's. `signal` is what its process reloads at, `HUP` by default: PHP-FPM ends at it.
 */
export function serviceCommand(
  name: string,
  service: Service,
  action: Exclude<ServiceAction, "stop">,
  signal?: ReloadSignal,
): NamedCommand;
export function serviceCommand(
  name: string,
  service: Service,
  action: ServiceAction,
  signal?: ReloadSignal,
): NamedCommand | undefined;
export function serviceCommand(
  name: string,
  service: Service,
  action: ServiceAction,
  signal: ReloadSignal = "HUP",
): NamedCommand | undefined {
  if (typeof service === "string") return supervised(name, service, action, signal);
  const run = action === "reload" ? (service.reload ?? service.restart) : service[action];
  return run === undefined ? undefined : { name, run, user: null };
}
