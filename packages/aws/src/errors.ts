import { defineErrors, type Makers } from "@hawser/core/plugin";

const entries = {
  HWS_AWS_OPTION: {
    message: (option: string, why: string): string => `the option ${option} is refused: ${why}`,
  },
  HWS_AWS_BUSY: {
    message: (call: string, said: string): string => `AWS cannot answer ${call} now (${said})`,
    hint: "too many calls come from this account and region, or the service is ill; it was tried again already",
    retryable: true,
  },
  HWS_AWS_UNREACHABLE: {
    message: (call: string, why: string): string => `AWS cannot be reached for ${call} (${why})`,
    hint: "check region and endpoint, and the way there",
    retryable: true,
  },
  HWS_AWS_CREDENTIALS: {
    message: (): string => "no AWS credentials were found",
    hint: "give accessKeyId and secretAccessKey, or what AWS tools read: AWS_ACCESS_KEY_ID, a profile, the role of the machine",
  },
  HWS_AWS_AUTH: {
    message: (call: string, said: string): string => `AWS refused the credentials at ${call} (${said})`,
    hint: "check accessKeyId, secretAccessKey and sessionToken, and that they have not expired",
  },
  HWS_AWS_DENIED: {
    message: (call: string, said: string): string => `the credentials do not allow ${call} (${said})`,
    hint: (call: string, _said: string): string => `give their user or role the permission for ${call}`,
  },
  HWS_AWS_CLOCK: {
    message: (call: string): string => `AWS finds this machine's clock too far from its own at ${call}`,
    hint: "set the clock of the deployer",
  },
  HWS_AWS_CERTIFICATE: {
    message: (call: string, why: string): string =>
      `the certificate of the endpoint is not trusted at ${call} (${why})`,
    hint: "for an authority of your own, give its certificate with the option ca",
  },
  HWS_AWS_ANSWER: {
    message: (call: string, why: string): string => `${call} was answered in a way AWS does not: ${why}`,
    hint: "check that endpoint and region are those of AWS, and what stands between",
  },
};

/** What can be wrong with any call to AWS. */
export const errors: Makers<typeof entries> = defineErrors(entries);
