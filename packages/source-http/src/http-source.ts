import { readFile } from "node:fs/promises";
import {
  type ArchiveFormat,
  archiveFormatOf,
  type PluginContext,
  Secret,
  type Source,
} from "@hawser/core/plugin";
import { HttpArchiveSource } from "./archive-source.ts";
import { Artifact } from "./artifact.ts";
import { type Access, ArtifactServer } from "./artifact-server.ts";
import { ArtifactUrl } from "./artifact-url.ts";
import { errors } from "./errors.ts";
import { HttpFileSource } from "./file-source.ts";
import type { HttpSourceOptions } from "./options.ts";

const codings: Readonly<Record<ArchiveFormat, readonly string[]>> = {
  tar: [],
  "tar.gz": ["gzip", "x-gzip"],
  "tar.zst": ["zstd"],
  zip: [],
};

/** Makes the source that the options describe: an archive, or one file. */
export const createSource = async (
  options: HttpSourceOptions,
  { http, download }: PluginContext,
): Promise<Source> => {
  const url = new ArtifactUrl(options.url, options.ref);
  const { file } = options;
  const format = file === undefined ? (options.format ?? archiveFormatOf(url.fileName)) : undefined;
  const refusal = misfit(options, url, format);
  if (refusal !== undefined) throw errors.HWS_WEB_OPTIONS([refusal]);
  const access = await accessOf(options);
  const server = new ArtifactServer(http, access, format === undefined ? [] : codings[format]);
  const artifact = new Artifact(
    url,
    server,
    (request, context) => download(request, context),
    options.sha256,
  );
  if (format !== undefined) return new HttpArchiveSource(artifact, format, options.stripComponents ?? 0);
  return new HttpFileSource(artifact, file ?? "");
};

/** What a schema cannot say of the options together. */
const misfit = (
  options: HttpSourceOptions,
  url: ArtifactUrl,
  format: ArchiveFormat | undefined,
): string | undefined => {
  const { file, username, password, token, sha256, headers = {} } = options;
  if (file === undefined && format === undefined)
    return "the URL's name tells no archive; give format, or file when it is a single file";
  if (file !== undefined && (options.format !== undefined || (options.stripComponents ?? 0) > 0))
    return "file is for what is no archive; leave out format and stripComponents";
  if (file !== undefined && !isTreePath(file)) return `file ${JSON.stringify(file)} is no path in a tree`;
  if ((username === undefined) !== (password === undefined)) return "username and password go together";
  const authorizes = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
  if (Number(username !== undefined) + Number(token !== undefined) + Number(authorizes) > 1)
    return "give one of username with password, token, and a header Authorization";
  // The digest names the revision: every ref would be the same one.
  if (sha256 !== undefined && url.hasRef) return "sha256 is of one artifact, and url has {ref}";
  return undefined;
};

const isTreePath = (path: string): boolean =>
  /^[^\0-\x1f\x7f\\]{1,1000}$/.test(path) &&
  path.split("/").every((name) => name !== "" && name !== "." && name !== "..");

const accessOf = async (options: HttpSourceOptions): Promise<Access> => {
  const { username, password, token, ca, headers = {} } = options;
  const bearer = token && { authorization: new Secret(`Bearer ${token.reveal()}`) };
  return {
    headers: { ...headers, ...bearer },
    ...(username !== undefined && password !== undefined && { credentials: { username, password } }),
    ...(ca !== undefined && { ca: await readAuthorities(ca) }),
  };
};

const readAuthorities = async (path: string): Promise<string> =>
  await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw errors.HWS_WEB_CA_UNREADABLE([path, cause.code ?? cause.message], { cause });
  });
