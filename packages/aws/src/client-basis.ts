import { readFile } from "node:fs/promises";
import { type AwsAccess, originOf, type Refuse, refuseOption } from "./access.ts";

type Silent = Readonly<Record<"trace" | "debug" | "info" | "warn" | "error", () => void>>;

const nothing = (): void => {};

/** Without one the SDK writes warnings to the console. */
const silent: Silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** What every client of the SDK is made with, whatever it sends by. */
export interface ClientBasis {
  readonly logger: Silent;
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

export const basisOf = (access: AwsAccess, refuse: Refuse = refuseOption): ClientBasis => {
  const { region, endpoint } = access;
  const credentials = credentialsOf(access);
  return {
    logger: silent,
    ...(credentials !== undefined && { credentials }),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint: originOf(endpoint, refuse), region: region ?? "us-east-1" }),
  };
};

const credentialsOf = ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: AwsAccess): ClientBasis["credentials"] => {
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return {
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken !== undefined && { sessionToken: sessionToken.reveal() }),
  };
};

/** The text of the file with the trusted certificates. */
export const readAuthorities = async (path: string, refuse: Refuse = refuseOption): Promise<string> =>
  await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) =>
    refuse("ca", `${path} cannot be read (${cause.code})`),
  );
