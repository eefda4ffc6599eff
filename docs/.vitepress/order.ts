/**
 * Pages that stand before the others of their folder, in this order; the others follow by their titles. A page need not
 * be named here: it is in the sidebar as soon as it is in its folder.
 */
export const order: readonly string[] = [
  "start/index.md",
  "start/servers.md",
  "start/aws.md",
  "concepts.md",
  "compare.md",
  "guide/rollout.md",
  "guide/recipes.md",
  "guide/steps.md",
  "guide/operating.md",
  "guide/maintenance.md",
  "guide/autoscaling.md",
  "guide/self-provisioning.md",
  "guide/signing.md",
  "guide/encryption.md",
  "guide/notifications.md",
  "guide/observability.md",
  "guide/library.md",
  "guide/jenkins.md",
  "guide/swap-providers.md",
  "guide/write-a-plugin.md",
  "reference/cli.md",
  "reference/events.md",
  "reference/errors.md",
  "reference/sources.md",
  "reference/host-protocol.md",
  "policies/README.md",
];
