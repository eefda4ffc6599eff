import type { InstallPlan, PlanCommand } from "../contracts/installer.ts";
import { instanceCommands, runsFor } from "../contracts/plan-phases.ts";
import { commandErrors } from "../errors/command-codes.ts";
import { engineErrors } from "../errors/engine-codes.ts";
import type { HawserError } from "../errors/hawser-error.ts";
import type { HostSurvey, HostUserAnswer } from "../host/host-facts.ts";
import type { HostUserQuestion } from "../host/host-requests.ts";
import type { FleetMember } from "./member.ts";

/** What a plan asks of users on an instance with these roles. */
export const userQuestions = (plan: InstallPlan, roles: readonly string[]): HostUserQuestion[] => {
  const users = new Set(commandsOn(plan, roles).map(({ user }) => (user === undefined ? plan.user : user)));
  if (plan.check !== undefined) users.add(plan.check.user ?? plan.user);
  const paths = (kind: "shared" | "writable"): HostUserQuestion[] =>
    plan[kind].flatMap((path) => {
      const owner = plan.ownership.find((each) => bare(each.path) === bare(path))?.owner;
      return owner === undefined ? [] : [{ user: owner, kind, path: bare(path) }];
    });
  const owned = [...paths("shared"), ...paths("writable")];
  // An owner alone may remove what lies in his directories.
  for (const { user } of owned) users.add(user);
  const named = [...users].filter((user) => user !== undefined && user !== null).sort();
  return [...named.map((user): HostUserQuestion => ({ user })), ...owned, ...givenFiles(plan, roles)];
};

/** A command that writes a file and gives it away says so in its variables. The directory stays the session's own. */
const givenFiles = (plan: InstallPlan, roles: readonly string[]): HostUserQuestion[] =>
  commandsOn(plan, roles).flatMap(({ env: { HAWSER_FILE: path, HAWSER_FILE_OWNER: user } = {} }) =>
    path === undefined || user === undefined ? [] : [{ user, kind: "writable", path }],
  );

const bare = (path: string): string => path.replace(/\/$/, "");

const commandsOn = (plan: InstallPlan, roles: readonly string[]): readonly PlanCommand[] =>
  instanceCommands(plan).filter((command) => runsFor(command, roles));

/** What an instance's answers stand in the way of, with the lines that would let its session through. */
export const userProblems = ({ survey, root }: Pick<FleetMember, "survey" | "root">): HawserError[] => {
  if (survey === undefined) return [];
  const absent = new Set(survey.users.filter(({ may }) => may === "absent").map(({ user }) => user));
  const denied = survey.users.filter(({ may }) => may === "no");
  return [
    ...[...absent].map((user) => commandErrors.HWS_FLEET_USER_ABSENT([user])),
    ...toolProblems(survey),
    ...denied
      .filter(({ path }) => path === undefined)
      .map(({ user }) =>
        commandErrors.HWS_FLEET_USER([survey.user, `become ${user}`, shellRule(survey, user)]),
      ),
    ...ownerProblems(survey, root, denied),
  ];
};

const toolProblems = (survey: HostSurvey): HawserError[] => {
  const users = new Set(survey.users.filter(({ may }) => may === "tool").map(({ user }) => user));
  const tool = survey.user === "root" ? "setpriv or su" : "sudo";
  return users.size === 0
    ? []
    : [engineErrors.HWS_FLEET_TOOL([tool, `the plan names ${[...users].join(", ")}`])];
};

const ownerProblems = (
  survey: HostSurvey,
  root: string,
  denied: readonly HostUserAnswer[],
): HawserError[] => {
  const calls = denied.flatMap(({ user, kind, path }) =>
    path === undefined ? [] : [`${survey.programs.chown} -hR ${user} ${placeOf(root, kind, path)}`],
  );
  if (calls.length === 0) return [];
  const users = [...new Set(denied.flatMap(({ user, path }) => (path === undefined ? [] : [user])))];
  const rule = `${survey.user} ALL=(root) NOPASSWD: ${calls.join(", ")}`;
  return [commandErrors.HWS_FLEET_USER([survey.user, `give paths to ${users.join(", ")}`, rule])];
};

/** Every call as another user is one of a shell, which reads what it runs. */
const shellRule = ({ user: me, programs }: HostSurvey, user: string): string =>
  `${me} ALL=(${user}) NOPASSWD: ${programs.sh} -c *`;

/** As sudoers reads it: what means something there stands behind a backslash, but for the star of the release. */
const placeOf = (root: string, kind: HostUserAnswer["kind"], path: string): string => {
  const quoted = path.replace(/[\\,:= *?[\]!"]/g, "\\$&");
  return kind === "shared" ? `${root}/shared/${quoted}` : `${root}/releases/*/${quoted}`;
};
