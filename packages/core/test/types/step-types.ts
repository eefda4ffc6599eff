import { defineStep } from "../../src/index.ts";

interface Scanned {
  readonly scanned: { readonly findings: number };
}

// What a step needs and gives is typed: the built-in facts, its own, and its options.
defineStep<Scanned, { readonly strict?: boolean }>({
  name: "scan",
  needs: ["prepared", "revision"],
  gives: { scanned: { type: "object" } },
  run: async ({ prepared, revision }, { options, command }) => {
    const texts: readonly string[] = [prepared.directory, revision.id];
    if (options.strict === true) await command?.("true");
    return { scanned: { findings: texts.length } };
  },
});

defineStep<Scanned>({
  name: "report",
  where: "instances",
  needs: ["scanned"],
  run: async ({ scanned }, { instance }) => void [scanned.findings.toFixed(), instance?.roles.join()],
});

// @ts-expect-error a fact of another type than it was said to have
defineStep<Scanned>({ name: "scan", run: async () => ({ scanned: { findings: "many" } }) });

// @ts-expect-error no step gives a fact of this name
defineStep<Scanned>({ name: "scan", needs: ["scaned"], run: async () => {} });

// @ts-expect-error it gives a fact that it did not speak of
defineStep({ name: "scan", gives: { scanned: { type: "object" } }, run: async () => {} });

// @ts-expect-error a fact that is none cannot be read
defineStep<Scanned>({ name: "scan", run: async ({ scaned }) => void scaned });

// @ts-expect-error an option that it does not have
defineStep<Scanned, { strict: boolean }>({ name: "scan", run: async (_, { options }) => void options.deep });

// @ts-expect-error a place that there is not
defineStep({ name: "scan", where: "everywhere", run: async () => {} });
