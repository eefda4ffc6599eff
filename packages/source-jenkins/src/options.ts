import type { Schema, Secret } from "@hawser/core/plugin";

export interface JenkinsSourceOptions {
  readonly url: string;
  readonly job: string;
  readonly build?: "lastStable" | "lastSuccessful" | number;
  readonly artifacts?: string;
  readonly stripComponents?: number;
  readonly running?: boolean;
  readonly username?: string;
  readonly token?: Secret;
  readonly ca?: string;
}

export const schema: Schema<JenkinsSourceOptions> = {
  type: "object",
  properties: {
    url: {
      type: "string",
      minLength: 1,
      description: "Where Jenkins lies: https://host, with its context path if it has one. No credentials.",
    },
    job: {
      type: "string",
      minLength: 1,
      description:
        "The job, with its folders: folder/name. A branch of a multibranch job as Jenkins names it: name/feature%2Fx.",
    },
    build: {
      anyOf: [{ enum: ["lastStable", "lastSuccessful"] }, { type: "integer", minimum: 1 }],
      default: "lastStable",
      description:
        "The build that is deployed when none is asked for. lastSuccessful takes unstable ones too; lastStable does not.",
    },
    artifacts: {
      type: "string",
      minLength: 1,
      default: "**",
      description:
        "Which of the archived files: * stands for characters of one name, ? for one of them, ** for any folders.",
    },
    stripComponents: {
      type: "integer",
      minimum: 0,
      maximum: 100,
      default: 0,
      description: "How many leading parts are dropped of every path in the tree.",
    },
    running: {
      type: "boolean",
      default: false,
      description:
        "Take a build that still runs, too: for a pipeline that deploys what it has archived itself a step before.",
    },
    username: { type: "string", minLength: 1, description: "The user whose API token is used." },
    token: { type: "string", secret: true, description: "The user's API token. A password is not needed." },
    ca: {
      type: "string",
      path: true,
      description:
        "A file with the certificates of the authorities that are trusted (PEM). Default: the system's.",
    },
  },
  required: ["url", "job"],
  additionalProperties: false,
};
