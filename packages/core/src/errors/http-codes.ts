import { defineErrors, type Makers } from "./catalogue.ts";

const entries = {
  HWS_HTTP_URL_INVALID: {
    message: (why: string): string => `the URL cannot be asked: ${why}`,
    hint: "give an http:// or https:// URL without user name and password in it; those have options of their own",
  },
  HWS_HTTP_HEADER_INVALID: {
    message: (name: string, why: string): string => `the header ${JSON.stringify(name)} ${why}`,
    hint: "mend the header in the options",
  },
  HWS_HTTP_CA_INVALID: {
    message: (why: string): string => `the authorities' certificates cannot be read: ${why}`,
    hint: "give a file of certificates in PEM, each from BEGIN CERTIFICATE to END CERTIFICATE",
  },
  HWS_HTTP_UNREACHABLE: {
    message: (origin: string, why: string): string => `${origin} cannot be reached: ${why}`,
    hint: "check the host name, the port and the network between the deployer and it",
    retryable: true,
  },
  HWS_HTTP_STALLED: {
    message: (origin: string, ms: number): string => `${origin} stood still for ${ms} ms`,
    hint: "look at the network and at the load of the server",
    retryable: true,
  },
  HWS_HTTP_TRUNCATED: {
    message: (url: string, bytes: number, sizeBytes: number | undefined): string =>
      `the answer of ${url} ended after ${bytes}${sizeBytes === undefined ? "" : ` of ${sizeBytes}`} bytes`,
    hint: "look at the network and at what the server logs",
    retryable: true,
  },
  HWS_HTTP_TOO_LARGE: {
    message: (url: string, limitBytes: number): string =>
      `the answer of ${url} is larger than ${limitBytes} bytes`,
    hint: "no file of that size is taken: look at what the server sends",
  },
  HWS_HTTP_ANSWER: {
    message: (origin: string, why: string): string => `${origin} does not answer in HTTP: ${why}`,
    hint: "check the port, and http against https",
  },
  HWS_HTTP_CERTIFICATE: {
    message: (origin: string, why: string): string => `the certificate of ${origin} is not trusted: ${why}`,
    hint: "give the authority that signed it with the option ca, or mend the certificate; it is never ignored",
  },
  HWS_HTTP_PROXY: {
    message: (proxy: string, why: string): string => `the proxy ${proxy} refuses: ${why}`,
    hint: "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the deployer, and the proxy's own rules",
  },
  HWS_HTTP_ADDRESS: {
    message: (host: string, what: string): string => `${host} is a ${what} address and is not asked`,
    hint: "a server may not send the deployer to its own or its network's inside; name the address itself in the URL if that is meant",
  },
  HWS_HTTP_REDIRECT_SCHEME: {
    message: (url: string, scheme: string): string => `${url} redirects to ${scheme}, which is not HTTP`,
    hint: "give the URL that the server means to send to; only http and https are followed",
  },
  HWS_HTTP_REDIRECT_DOWNGRADE: {
    message: (url: string, to: string): string => `${url} redirects from https to ${to}`,
    hint: "mend the server's redirect: what began encrypted is not read in the clear",
  },
  HWS_HTTP_REDIRECT_LIMIT: {
    message: (url: string, limit: number): string => `${url} redirects more than ${limit} times`,
    hint: "give the URL at the end of the redirects, or mend the loop",
  },
};

/** What can go wrong with HTTP, whoever asks. */
export const httpErrors: Makers<typeof entries> = defineErrors(entries);
