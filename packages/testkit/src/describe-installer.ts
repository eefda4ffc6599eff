import type { Installer, InstallPlan, PlanCommand } from "@hawser/core/plugin";
import { planPhases, Secret } from "@hawser/core/plugin";
import { beforeEach, describe, expect, it } from "vitest";

/** One installer to try. */
export interface InstallerTrial {
  readonly installer: Installer;
  /** Values of its secrets: none may stand in a plan. */
  readonly secretValues: readonly string[];
}

const phasesOf = (plan: InstallPlan): readonly (readonly PlanCommand[])[] =>
  Object.values(planPhases).map((commands) => commands(plan));

const inside = (path: string): boolean =>
  !path.startsWith("/") &&
  path
    .replace(/\/$/, "")
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== "..");

/**
 * The sentences of the Installer contract as tests.
 *
 * @param create makes an installer that was given the same config each time.
 */
export const describeInstaller = (
  name: string,
  { create }: { readonly create: () => Promise<InstallerTrial> },
): void => {
  let trial: InstallerTrial;
  beforeEach(async () => {
    trial = await create();
  });
  const roles = ["web", "worker"];

  describe(`${name} keeps the Installer contract`, () => {
    it("gives the same plan for the same config and roles", async () => {
      const plan = trial.installer.plan({ roles });
      expect(trial.installer.plan({ roles })).toEqual(plan);
      expect((await create()).installer.plan({ roles })).toEqual(plan);
    });

    it("gives a plan that is data: it survives being written down", () => {
      const plan = trial.installer.plan({ roles });
      expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    });

    it("names each command once in its phase, by the grammar of names", () => {
      for (const commands of phasesOf(trial.installer.plan({ roles }))) {
        const names = commands.map((command) => command.name);
        expect(new Set(names).size).toBe(names.length);
        for (const each of names) expect(each).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
      }
    });

    it("gives every command and check a time limit", () => {
      const plan = trial.installer.plan({ roles });
      for (const { timeoutMs } of phasesOf(plan).flat()) expect(timeoutMs).toBeGreaterThan(0);
      if (plan.check !== undefined) expect(plan.check.timeoutMs).toBeGreaterThan(0);
    });

    it("names only paths inside the release", () => {
      const plan = trial.installer.plan({ roles });
      for (const path of [...plan.shared, ...plan.writable, ...plan.generated])
        expect(inside(path)).toBe(true);
      for (const { cwd } of phasesOf(plan).flat()) if (cwd !== undefined) expect(inside(cwd)).toBe(true);
    });

    it("says whose a path is only of shared and writable ones, and consents only to shared ones", () => {
      const { shared, writable, ownership } = trial.installer.plan({ roles });
      for (const { path, adopt } of ownership)
        expect(adopt === undefined ? [...shared, ...writable] : shared).toContain(path);
    });

    it("gives what only run-once commands have to no other, and maintenance to none after the switch", () => {
      const { once, ...plan } = trial.installer.plan({ roles });
      for (const command of phasesOf({ ...plan, once: { before: [], after: [] } }).flat())
        for (const member of ["compatible", "needed", "lock", "maintenance"])
          expect(command).not.toHaveProperty(member);
      for (const command of once.after) expect(command).not.toHaveProperty("maintenance");
    });

    it("tells of skipped commands that its plan does not have, each with what took it out", () => {
      const plan = trial.installer.plan({ roles });
      for (const { name, by } of trial.installer.skipped?.() ?? []) {
        expect(by).not.toBe("");
        expect(
          phasesOf(plan)
            .flat()
            .map((command) => command.name),
        ).not.toContain(name);
      }
    });

    it("names every secret that its commands read", () => {
      const plan = trial.installer.plan({ roles });
      const onces = [...plan.once.before, ...plan.once.after].map(({ needed = "" }) => needed);
      const texts = [...phasesOf(plan).flat(), { run: plan.check?.command ?? "" }].map(({ run }) => run);
      for (const [, name] of [...texts, ...onces].join("\n").matchAll(/\bHAWSER_SECRET_([A-Z][A-Z0-9_]*)/g))
        expect(plan.secrets).toContain(name);
    });

    it("names secrets and never holds their values", () => {
      const plan = trial.installer.plan({ roles });
      const text = JSON.stringify(plan);
      for (const value of trial.secretValues) expect(text).not.toContain(value);
      const secrets = trial.installer.secrets?.() ?? {};
      expect(Object.keys(secrets).sort()).toEqual([...plan.secrets].sort());
      for (const secret of Object.values(secrets)) expect(Secret.is(secret)).toBe(true);
    });
  });
};
