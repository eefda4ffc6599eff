import { createReadStream } from "node:fs";
import {
  type ArchiveSource,
  type HttpAnswer,
  type OperationContext,
  type PluginContext,
  Secret,
} from "@hawser/core/plugin";
import { type Channel, readChannel } from "./channel.ts";
import { errors } from "./errors.ts";
import { type ChannelOptions, channelName } from "./options.ts";

/** More than any channel's file has. */
const mostLength = 64 * 1024;

/** A source that hands over an archive. Retry, time limits and redaction are the engine's; here is the protocol. */
export const channelSource = (options: ChannelOptions, { http, download }: PluginContext): ArchiveSource => {
  const { url, channel: usual = "stable", token } = options;
  const folder = url.replace(/\/*$/, "/");
  const headers: Record<string, Secret> =
    token === undefined ? {} : { authorization: new Secret(`Bearer ${token.reveal()}`) };

  const ask = async (file: string, context: OperationContext): Promise<HttpAnswer> => {
    const answer = await http.request({ url: folder + file, headers }, context);
    if (answer.status === 200) return answer;
    answer.body.destroy();
    const { status } = answer;
    throw errors.HWS_CHANNEL_STATUS([folder + file, status], {
      retryable: status >= 500,
      details: { status },
    });
  };

  const look = async (name: string, context: OperationContext): Promise<Channel> => {
    const file = `${name}.json`;
    const { body } = await ask(file, context).catch((error) => {
      throw error.details?.status === 404 ? errors.HWS_SOURCE_REF_NOT_FOUND([name, folder]) : error;
    });
    let text = "";
    for await (const chunk of body.setEncoding("utf8")) {
      text += chunk;
      if (text.length > mostLength)
        throw errors.HWS_CHANNEL_ANSWER([folder + file, `it is longer than ${mostLength} characters`]);
    }
    return readChannel(text, folder + file);
  };

  return {
    async resolve({ ref = usual }, context) {
      context.signal.throwIfAborted();
      if (ref.length > 100 || !new RegExp(channelName).test(ref)) throw errors.HWS_SOURCE_REF_INVALID([ref]);
      const { version, archive, sha256 } = await look(ref, context);
      // The digest can only ever name these bytes: the same one again need not be fetched.
      return { id: sha256, exact: true, label: ref, url: folder + archive, message: `version ${version}` };
    },

    async open({ revision }, context) {
      context.signal.throwIfAborted();
      const name = revision.label ?? usual;
      const { archive, format, sha256 } = await look(name, context);
      if (sha256 !== revision.id) throw errors.HWS_SOURCE_MOVED([name]);
      const { path } = await download(
        {
          identity: `${folder} ${sha256}`,
          sha256,
          // The server gives the whole file each time.
          open: async (_, inner) => ({ offset: 0, stream: (await ask(archive, inner)).body }),
        },
        context,
      );
      return { stream: createReadStream(path), format };
    },
  };
};
