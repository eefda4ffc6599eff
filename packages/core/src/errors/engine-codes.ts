import { defineErrors } from "./catalogue.ts";

/** What can go wrong in a run itself. */
export const engineErrors = defineErrors({
  HWS_INTERNAL: {
    message: (what: string) => what,
    hint: "this is a fault of Hawser or of a plugin; please report it with the run's log",
  },
  HWS_STORAGE_SILENT: {
    message: (what: string, seconds: number) => `storage did not answer within ${seconds} s (${what})`,
    hint: "is it up, and can this machine reach it? `hawser doctor` asks it again, `hawser status` shows what the instances run meanwhile",
    retryable: true,
  },
  HWS_PROVIDER_SILENT: {
    message: (who: string, seconds: number) => `${who} did not answer within ${seconds} s`,
    hint: "look at the server or network behind it; `hawser doctor` asks every provider",
    retryable: true,
  },
  HWS_LISTENER_FAILED: {
    message: (listener: string, why: string) => `listener ${listener} failed: ${why}`,
    hint: "the run is not changed by it; look at the listener's own service",
  },
  HWS_PLUGIN_WARNING: {
    message: (what: string) => what,
  },
  HWS_RUN_CANCELLED: {
    message: () => "the run was cancelled",
    hint: "deploy again when you are ready",
  },
  HWS_RUN_STOPPED: {
    message: () => "the run was stopped at a safe point and is open",
    hint: "go on with `hawser deploy --resume`, or put everything back with `hawser deploy --abandon`",
  },
  HWS_RUN_NONE_OPEN: {
    message: (environment: string) => `there is no open run in ${environment} to resume or abandon`,
    hint: "see `hawser history`",
  },
  HWS_RUN_OPEN: {
    message: (run: string) => `run ${run} is open: its deployer ended before it was done`,
    hint: "end it with `hawser deploy --resume` or `hawser deploy --abandon` first",
  },
  HWS_RUN_UNDER_WAY: {
    message: (run: string, who: string, phase: string) => `run ${run} is under way by ${who}, at ${phase}`,
    hint: "what is shown here is in the middle of it; look again when it has ended",
  },
  HWS_RUN_MISUSE: {
    message: (what: string) => what,
  },
  HWS_FLEET_EMPTY: {
    message: () => "the inventory lists no instance",
    hint: "check the inventory block of the config with `hawser doctor`",
  },
  HWS_FLEET_PREFLIGHT: {
    message: (problems: number, where: readonly string[]) =>
      `${problems} problem${problems === 1 ? "" : "s"} found before anything was changed (${where.join(", ")})`,
    hint: "`hawser doctor` lists each with its mend",
  },
  HWS_FLEET_UNREACHABLE: {
    message: (instances: readonly string[]) => `no answer from ${instances.join(", ")}`,
    hint: "mend the instance or its entry in the inventory, or set `rollout.unreachable: skip` to leave it out of the load balancer until it is reconciled",
  },
  HWS_FLEET_SPACE: {
    message: (needed: string, free: string) => `needs ${needed} free, has ${free}`,
    hint: "free space under the deploy root, or keep fewer releases (`keep`)",
  },
  HWS_FLEET_CLOCK: {
    message: (seconds: number) => `its clock differs by ${seconds} s from the deployer's`,
    hint: "mend time synchronisation (NTP) on the instance or the deployer",
  },
  HWS_FLEET_SEALED: {
    message: (lacks: string): string =>
      `the releases are sealed and the instance has no ${lacks}: it cannot start from storage alone`,
    hint: "install `age` and lay an identity of one of the recipients (docs/guide/encryption.md)",
  },
  HWS_FLEET_TOOL: {
    message: (tool: string, why: string) => `${tool} is missing on the instance: ${why}`,
    hint: "install it, or change the config so that it is not needed",
  },
  HWS_FLEET_YOUNG_STORAGE: {
    message: (epoch: number, seen: number) =>
      `the instances have seen epoch ${seen}, the storage is at ${epoch}: it is younger than the fleet`,
    hint: "is this the right storage? `hawser deploy --adopt` takes it over on purpose",
  },
  HWS_FLEET_OLD_DESIRED: {
    message: (version: number, accepted: number) =>
      `the instances have accepted desired state ${accepted}, the storage holds ${version}: somebody put an older one back, or the storage was restored`,
    hint: "find out which; `hawser deploy --adopt` goes on from what the instances have",
  },
  HWS_COMMAND_FAILED: {
    message: (name: string, phase: string, exit: number) =>
      `${phase} command ${name} ended with exit code ${exit}`,
    hint: "its output is above and in `hawser logs`",
  },
  HWS_COMMAND_TIMED_OUT: {
    message: (name: string, phase: string, ms: number) =>
      `${phase} command ${name} did not end within ${Math.round(ms / 1000)} s and was killed`,
    hint: "raise its `timeoutMs`, or find out what it waits for in `hawser logs`",
  },
  HWS_CHECK_FAILED: {
    message: (detail: string) => `the health check failed: ${detail}`,
    hint: "see its answer in `hawser logs`, then the application's own log",
  },
  HWS_ONCE_UNSETTLED: {
    message: (name: string, release: string, run: string) =>
      `once command ${name} of release ${release} was started in run ${run} and its end is not known`,
    hint: (name: string, _release: string, _run: string) =>
      `find out whether it took effect, then say so: \`hawser deploy --once ${name}=done\` or \`--once ${name}=again\``,
  },
  HWS_ONCE_CROSSED: {
    message: (what: string, commands: readonly string[]) =>
      `${what} cannot run after once ${commands.length === 1 ? "command" : "commands"} ${commands.join(", ")}, marked \`compatible: false\``,
    hint: "go forward, or make sure that it can run (by a restored database, say) and give `--allow-incompatible`",
  },
  HWS_ONCE_NO_INSTANCE: {
    message: (name: string, roles: string) => `no instance has a role of once command ${name} (${roles})`,
    hint: "give an instance that role in the inventory, or change the command's `roles`",
  },
  HWS_ROLLOUT_CHECK_FAILED: {
    message: (wave: number, why: string) => `the check after wave ${wave} failed: ${why}`,
    hint: "see what the check found in `hawser logs --instance deployer`",
  },
  HWS_SUSPEND_LEFT: {
    message: (what: string, why: string) => `what the run suspended was not given back: ${why} (${what})`,
    hint: "the run stays open: `hawser deploy --resume` or `hawser deploy --abandon` gives it back",
    retryable: true,
  },
  HWS_FLEET_COMPLETE: {
    message: (instance: string, why: string) =>
      `the inventory could not be told that ${instance} is ready: ${why}`,
    hint: "`hawser reconcile` or the next deploy tells it again, before the service gives the instance up",
  },
  HWS_FLEET_HEARTBEAT: {
    message: (instance: string, why: string) => `no more time could be asked for ${instance}: ${why}`,
    hint: "the service may give the instance up before it is ready",
  },
  HWS_ROLLOUT_LAST_MEMBER: {
    message: (instance: string, least: number) =>
      `taking ${instance} out would leave fewer than ${least} healthy members in the load balancer`,
    hint: "mend the unhealthy members, lower `rollout.minHealthy`, or set `rollout.drain: auto`",
  },
  HWS_FLEET_UNKNOWN: {
    message: (unknown: readonly string[], known: readonly string[]) =>
      `the inventory lists no ${unknown.join(", ")}, only ${known.join(", ")}`,
    hint: "see the ids in `hawser status`",
  },
  HWS_FLEET_NO_ROLE: {
    message: (role: string) => `none of the instances has the role ${role}`,
    hint: "see the roles in `hawser status`",
  },
  HWS_DESIRED_NONE: {
    message: (environment: string) => `${environment} has no release in service yet`,
    hint: "deploy one first",
  },
  HWS_DRAIN_NO_BALANCER: {
    message: (instances: readonly string[]) => `no load balancer carries ${instances.join(", ")}`,
    hint: "there is nothing to take them out of; see the `roles` of the load balancers in the config",
  },
  HWS_DRAIN_LAST: {
    message: (instances: readonly string[], balancer: string, least: number) =>
      `without ${instances.join(", ")} the load balancer ${balancer} would have fewer than ${least} healthy members`,
    hint: "put others in first, or say `--force`",
  },
  HWS_UNDRAIN_BUSY: {
    message: (run: string) => `nobody is put in beside a run: ${run}`,
    hint: "give `hawser undrain` again when it has ended",
  },
  HWS_UNDRAIN_BEHIND: {
    message: (instance: string, runs: string, desired: string) =>
      `${instance} runs ${runs} and not the desired release ${desired}`,
    hint: "`hawser reconcile` or `hawser deploy` brings it up to date and leaves it out; then undrain it",
  },
  HWS_UNDRAIN_OVERTAKEN: {
    message: (instance: string) => `${instance} was put in, and somebody took it out again meanwhile`,
    hint: "`hawser status` says who; then undrain it again",
  },
  HWS_EXEC_FAILED: {
    message: (failed: readonly string[]) => `it failed on ${failed.join(", ")}`,
    hint: "its output is above and in `hawser logs`",
  },
  HWS_EXEC_UNFIT: {
    message: (why: string) => `the command cannot be executed: ${why}`,
  },
  HWS_ROLLOUT_READMITTED: {
    message: (instance: string, balancers: readonly string[], when: string) =>
      `${instance} took requests again at load balancer ${balancers.join(", ")} ${when}`,
    hint: "a load balancer that is reloaded forgets what was set at run time: let it keep the states of its servers (the page of its plugin says how), and look for failed requests of this time",
  },
  HWS_ROLLOUT_FORGOTTEN: {
    message: (instance: string, balancers: readonly string[]) =>
      `load balancer ${balancers.join(", ")} forgot ${instance} after it had joined; it is put in again`,
    hint: "a load balancer that is reloaded forgets what was added at run time: let it keep the states of its servers (the page of its plugin says how)",
  },
  HWS_ROLLOUT_LEFT: {
    message: (instance: string, balancers: readonly string[]) =>
      `${instance} joined load balancer ${balancers.join(", ")} and is out again: somebody took it out during the run`,
    hint: "it stays so; put it in where that was not meant",
  },
  HWS_ROLLBACK_NO_TARGET: {
    message: () => "there is no earlier release that was proved good to roll back to",
    hint: "see `hawser releases`, then `hawser rollback --to RELEASE`",
  },
  HWS_RELEASE_UNKNOWN: {
    message: (release: string) => `there is no release ${release} in storage`,
    hint: "see `hawser releases`",
  },
  HWS_RELEASE_BAD: {
    message: (release: string, reason: string) => `release ${release} was marked bad: ${reason}`,
    hint: "deploy a mended revision, or say `--allow-bad`",
  },
  HWS_PLAN_INVALID: {
    message: (why: string) => `what is to be deployed is no plan: ${why}`,
    hint: "make one with `hawser plan --out FILE`",
  },
  HWS_PLAN_STALE: {
    message: (why: string) => `the plan no longer holds: ${why}`,
    hint: "make a new one with `hawser plan --out FILE` and read it",
  },
  HWS_HOLD_HELD: {
    message: (environment: string, hold: string) => `deploys to ${environment} are held by ${hold}`,
    hint: "wait, or let them go again with `hawser unhold`; a rollback is never held",
  },
  HWS_HOLD_WEAKER: {
    message: (hold: string) => `deploys are held longer already, by ${hold}`,
    hint: "to end that hold earlier give `hawser unhold` first",
  },
  HWS_HOLD_UNTIL: {
    message: (until: string) => `a hold until ${until} would be over before it begins`,
    hint: "give a later time (`2026-01-31T18:00+01:00`) or how long from now (`2h`, `30m`)",
  },
  HWS_REASON_INVALID: {
    message: (what: string) => `the reason ${what}`,
    hint: "give one line of up to 1000 characters",
  },
  HWS_PROMOTION_NOTHING: {
    message: (environment: string) => `environment ${environment} has no release in service`,
    hint: "deploy there first, or name a release with `--release`",
  },
  HWS_PROMOTION_PLAIN: {
    message: (release: string): string =>
      `${release} is not stored sealed where it comes from, and this environment has recipients: nothing was copied`,
    hint: "deploy the revision here by its ref, or give the other environment `encryption` too and build there again (docs/guide/encryption.md)",
  },
  HWS_PROMOTION_TAKEN: {
    message: (release: string) =>
      `this environment's storage has another release ${release}: it was made there and not promoted`,
    hint: "make it once more under an id that is free in both: deploy with `--rebuild` in the environment it comes from until its id is above the newest one here (`hawser releases`), then promote that",
  },
  HWS_PROMOTION_AMBIGUOUS: {
    message: (release: string, environments: readonly string[]) =>
      `release ${release} is not in this environment's storage, and those of ${environments.join(", ")} have different ones`,
    hint: "say which one is meant: `hawser deploy --from ENVIRONMENT --release ID`",
  },
  HWS_STEP_UNKNOWN: {
    message: (step: string, key: string) => `step ${step} names ${key}, which is no step of the table`,
    hint: "see the steps in docs/guide/steps.md",
  },
  HWS_STEP_NEEDS: {
    message: (step: string, fact: string) => `step ${step} needs ${fact}, which no step before it gives`,
    hint: "move the step behind the one that gives it, or add that one again",
  },
  HWS_STEP_GIVES: {
    message: (step: string, problem: string) =>
      `step ${step} gave something else than it declares: ${problem}`,
  },
  HWS_STEP_INVALID: {
    message: (step: string, problem: string) => `step ${step} cannot be used: ${problem}`,
    hint: "a step is made with defineStep({ name, needs, gives, run })",
  },
  HWS_RESULT_SPLIT: {
    message: (releases: string) => `the instances are on different releases: ${releases}`,
    hint: "see `hawser status`, then `hawser deploy --resume` or `hawser deploy --abandon`",
  },
  HWS_DEPLOYER_SPACE: {
    message: (path: string) => `the deployer has no space left at ${path}`,
    hint: "free space there or set XDG_CACHE_HOME to a larger disk",
  },
});
