import { createHash } from "node:crypto";
import type { NormalConfig } from "../config/types.ts";
import type { InstallPlan } from "../contracts/installer.ts";
import { Secret } from "../contracts/secret.ts";
import { recipientsDigest } from "../sealing/recipient.ts";

/** Raised when the way a tree is made into an artifact changes, so that old builds are not taken for new ones. */
const buildLayout = 1;

/** JSON with sorted keys and without secrets: equal meaning gives equal text. */
const canonical = (value: unknown): unknown => {
  if (Secret.is(value)) return undefined;
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
};

/** The name of a build: the same revision of the same source with the same prepare inputs gives the same release. */
export const buildKey = (config: NormalConfig, plan: InstallPlan, revision: string): string =>
  createHash("sha256")
    .update(
      JSON.stringify(
        canonical({
          layout: buildLayout,
          source: config.source.plugin.name,
          options: config.source.options,
          prepare: plan.prepare,
          env: plan.env,
          revision,
          // What was sealed to others is no build of this config.
          ...sealedTo(config),
        }),
      ),
    )
    .digest("hex");

/** The name of a build by its content alone, for sources whose revisions are not exact. */
export const contentKey = (config: NormalConfig, artifact: string): string => {
  const { recipients = "" } = sealedTo(config);
  return createHash("sha256").update(`content ${artifact}${recipients}`).digest("hex");
};

const sealedTo = ({ encryption }: NormalConfig): { readonly recipients?: string } =>
  encryption === undefined ? {} : { recipients: recipientsDigest(encryption.recipients) };
