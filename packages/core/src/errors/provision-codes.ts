import { defineErrors } from "./catalogue.ts";

/** Why no machine could provision itself from what a config says. */
export const provisionErrors = defineErrors({
  HWS_PROVISION_NO_READER: {
    message: (plugin: string) => `instances cannot read ${plugin} by themselves`,
    hint: "say in its options how instances read it, or take a storage that can be read so (docs/guide/self-provisioning.md)",
  },
  HWS_PROVISION_UNSIGNED: {
    message: () => "nothing is signed: whoever can write to storage would decide what new instances run",
    hint: "add `signing` to the config, or say `--unsigned` when storage alone is to be trusted",
  },
  HWS_PROVISION_SECRETS: {
    message: (names: readonly string[]) =>
      `a new instance could not obtain ${names.length === 1 ? "the secret" : "the secrets"} ${names.join(", ")}`,
    hint: "say where from, as `provision.secrets` in the config or here: `--secrets-laid` (files of the image), `--secrets-command CMD` (a command of the image), or `--publish-secrets` (sealed in storage)",
  },
  HWS_PROVISION_NOT_PUBLISHED: {
    message: (key: string) => `the secrets of this environment are not in storage: there is no ${key}`,
    hint: "publish them with `hawser provision --publish-secrets`",
  },
  HWS_PROVISION_NO_RECIPIENTS: {
    message: () => "secrets are published sealed, and the config names nobody to seal them to",
    hint: "add `encryption.recipients` with the recipients of age whose identities instances hold",
  },
  HWS_PROVISION_ROLES: {
    message: (roles: readonly string[]) =>
      `the install plan has commands for the roles ${roles.join(", ")}, and the script gives its instances none`,
    hint: "name the roles of these instances with `--role`",
  },
  HWS_PROVISION_NOTHING: {
    message: (environment: string) =>
      `nothing is desired in ${environment} yet: instances wait until the first deploy`,
    hint: "deploy first, so that the script carries the version that it must not fall behind",
  },
  HWS_PROVISION_PLAIN: {
    message: (url: string) =>
      `instances read storage at ${url} without TLS: what they fetch can be seen on its way`,
    hint: "put HTTPS before it; what is signed cannot be changed on its way all the same",
  },
});
