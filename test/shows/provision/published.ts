import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { spawnProgram } from "@hawser/core";
import { type MinioServer, makeHistory } from "@hawser/testkit";
import { installerWith, releaseFiles } from "../config.ts";
import { openStage } from "../stage.ts";

/** What a deployer left behind before it went: a release in storage, and the boot script of its environment. */
export interface Published {
  readonly script: string;
  readonly unit: string;
  /** The commit that every instance shall serve. */
  readonly revision: string;
  readonly release: string;
  readonly bucket: string;
  /** Lines of curl's config that read an object. */
  curlConfig(key: string): string;
  /** The form that an instance takes, which has all tools. */
  readonly form: "tar.zst" | "tar.gz";
  /** The key of the archive's bytes in that form. */
  readonly archive: string;
}

export interface PublishOptions {
  readonly minio: MinioServer;
  /** The host under which instances reach MinIO. */
  readonly gateway: string;
  readonly root: string;
  readonly files: number;
  readonly bytesPerFile: number;
  readonly install: readonly string[];
  readonly activate: readonly string[];
}

/** Where the application answers. */
export const port = 8080;

const principal = "release@acme";

/** The only thing that an instance may do: read its own application. */
const readOnly = (bucket: string) => ({
  Effect: "Allow",
  Action: ["s3:GetObject"],
  Resource: [`arn:aws:s3:::${bucket}/shop/*`],
});

/** Deploys once with everything there is, writes the boot script, and ends every process of it. */
export const publish = async (options: PublishOptions): Promise<Published> => {
  const { minio, gateway } = options;
  const bucket = await minio.createBucket();
  const reader = await minio.createUser([readOnly(bucket)]);
  const endpoint = `http://${gateway}:${minio.port}`;
  await using stage = await openStage({
    instances: 1,
    application: async (directory) => {
      const { files, bytesPerFile } = options;
      return { repository: await makeHistory(directory, { versions: 1, files, bytesPerFile }), refs: ["v1"] };
    },
  });
  const key = join(stage.folder, "signing");
  await spawnProgram("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "show", "-f", key]);
  await writeFile(join(stage.folder, "signers"), `${principal} ${await readFile(`${key}.pub`, "utf8")}`);
  await stage.configure((config) => ({
    ...installerWith({
      install: options.install,
      activate: options.activate,
      check: { http: `http://127.0.0.1:${port}/${releaseFiles[0]}`, timeoutMs: 60_000 },
    })(config),
    root: options.root,
    signing: { key: "./signing", allowedSigners: "./signers", principal },
    storage: {
      use: "@hawser/storage-minio",
      with: {
        bucket,
        endpoint,
        accessKey: minio.login.accessKeyId,
        secretKey: minio.login.secretAccessKey,
        reader: { accessKey: reader.accessKeyId, secretKey: reader.secretAccessKey },
      },
    },
  }));
  const deployed = await stage.hawser("deploy");
  if (deployed.exitCode !== 0) throw new Error(`the deploy failed: ${deployed.stdout}${deployed.stderr}`);
  const told = await stage.plainly("provision", "--out", "boot.sh", "--role", "web");
  const unit = await stage.plainly("provision", "--unit", "--role", "web");
  if (told.exitCode !== 0 || unit.exitCode !== 0)
    throw new Error(`${told.stdout}${told.stderr}${unit.stderr}`);
  const curlConfig = (object: string): string =>
    [
      `url = "${endpoint}/${bucket}/${object}"`,
      'aws-sigv4 = "aws:amz:us-east-1:s3"',
      `user = "${reader.accessKeyId}:${reader.secretAccessKey}"`,
      "",
    ].join("\n");
  const { result } = deployed;
  return {
    script: await readFile(join(stage.folder, "boot.sh"), "utf8"),
    unit: unit.stdout,
    revision: result?.revision ?? "",
    release: result?.release ?? "",
    bucket,
    curlConfig,
    ...(await storedForm(minio, bucket, result?.artifact ?? "")),
  };
};

const storedForm = async (minio: MinioServer, bucket: string, artifact: string) => {
  const folder = `shop/artifacts/${artifact.replace("sha256-", "")}`;
  for (const form of ["tar.zst", "tar.gz"] as const) {
    const read = minio.call({ method: "GET", bucket, key: `${folder}/forms/${form}` });
    const digest = /^digest: ([0-9a-f]{64})$/m.exec(
      (await read.catch(() => undefined))?.body.toString() ?? "",
    );
    if (digest !== null) return { form, archive: `${folder}/bytes/${digest[1]}` };
  }
  throw new Error("the artifact is stored in no form");
};
