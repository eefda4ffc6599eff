import type { Schema, Secret } from "@hawser/core/plugin";

export interface ChannelOptions {
  /** The folder of the server that has the channels. */
  readonly url: string;
  /** Which channel is deployed when nothing else is asked for. Default `stable`. */
  readonly channel?: string;
  /** Sent as a bearer token with every request. */
  readonly token?: Secret;
}

/** What may be the name of a channel. */
export const channelName = "^[A-Za-z0-9]+([._-][A-Za-z0-9]+){0,20}$";

export const schema: Schema<ChannelOptions> = {
  type: "object",
  properties: {
    url: {
      type: "string",
      // A token travels: never in the clear, but to this machine itself.
      pattern: "^(https://|http://(127\\.0\\.0\\.1|localhost)(:|/|$))[^@?#\\s]*$",
      description: "the folder of the server that has the channels; https, or http to this machine itself",
    },
    channel: {
      type: "string",
      pattern: channelName,
      maxLength: 100,
      default: "stable",
      description: "which channel is deployed when nothing else is asked for",
    },
    token: {
      type: "string",
      minLength: 1,
      secret: true,
      description: "sent as a bearer token with every request",
    },
  },
  required: ["url"],
  additionalProperties: false,
};
