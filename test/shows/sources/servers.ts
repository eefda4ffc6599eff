import { lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret, spawnProgram, use } from "@hawser/core";
import {
  createRepository,
  createSvnRepository,
  startGitSshServer,
  startHttpFileServer,
  startJenkinsServer,
  startMinio,
  startRsyncDaemon,
  startSftpServer,
  startSvnServer,
  startVsftpd,
} from "@hawser/testkit";
import sourceDirectory from "../../../packages/source-directory/src/index.ts";
import sourceFtp from "../../../packages/source-ftp/src/index.ts";
import sourceGit from "../../../packages/source-git/src/index.ts";
import sourceHttp from "../../../packages/source-http/src/index.ts";
import sourceJenkins from "../../../packages/source-jenkins/src/index.ts";
import sourceRsync from "../../../packages/source-rsync/src/index.ts";
import sourceS3 from "../../../packages/source-s3/src/index.ts";
import sourceSftp from "../../../packages/source-sftp/src/index.ts";
import sourceSvn from "../../../packages/source-svn/src/index.ts";
import { applyLosses, losses } from "./losses.ts";
import { type Served, serve } from "./served.ts";

/** One application, as a tree and as an archive of it. */
export interface Site {
  readonly tree: string;
  readonly archive: string;
}

const archiveName = "shop.tar.gz";

const run = async (cwd: string, file: string, ...argv: readonly string[]): Promise<string> => {
  const ended = await spawnProgram(file, argv, { cwd });
  if (ended.exitCode !== 0) throw new Error(`${file} ${argv.join(" ")}: ${ended.stderr}`);
  return ended.stdout;
};

/** Packs a tree as a build job would. */
export const packSite = async (tree: string, archive: string): Promise<void> => {
  await run(tree, "tar", "-cf", archive, "-I", "gzip -1", ".");
};

/** Puts tree and archive where a server serves files; a file system keeps everything. */
const lay = async ({ tree, archive }: Site, to: string): Promise<void> => {
  await run("/", "cp", "-a", "--", tree, join(to, "shop"));
  await run("/", "cp", "-a", "--", archive, join(to, archiveName));
};

const directory = (site: Site): Promise<Served> =>
  serve(async () => ({
    tree: use(sourceDirectory, { path: site.tree }),
    page: { env: { BUILD_DIRECTORY: site.tree }, files: {} },
  }));

const git = (site: Site): Promise<Served> =>
  serve(async (holder) => {
    const root = holder.folder();
    const { git: run } = await createRepository(join(root, "shop.git"));
    await spawnProgram("cp", ["-a", "--", `${site.tree}/.`, join(root, "shop.git")]);
    await run("add", "--all", "--force");
    await run("commit", "-q", "-m", "The application");
    const { privateKey, knownHosts, url } = holder.add(await startGitSshServer({ root }));
    const at = url("shop.git");
    return {
      tree: use(sourceGit, { url: at, ref: "main", privateKey, knownHosts }),
      page: { env: { GIT_URL: at }, files: { deploy_key: privateKey, known_hosts: knownHosts } },
      publish: async (file, content) => {
        writeFileSync(join(root, "shop.git", file), content);
        await run("commit", "-q", "--all", "-m", "A change");
      },
    };
  });

const svn = (site: Site): Promise<Served> =>
  serve(async (holder) => {
    const root = holder.folder();
    const { url } = await createSvnRepository(join(root, "repository"));
    await run(
      root,
      "svn",
      "import",
      "-q",
      "--non-interactive",
      "--no-ignore",
      "--no-auto-props",
      "-m",
      "All",
      "--",
      site.tree,
      `${url}/trunk`,
    );
    const password = "pw-svn-4711";
    const server = holder.add(await startSvnServer({ root, users: { deploy: password } }));
    const at = server.url("repository/trunk");
    return {
      tree: use(sourceSvn, { url: at, username: "deploy", password: new Secret(password) }),
      page: { env: { SVN_URL: at, SVN_USER: "deploy", SVN_PASSWORD: password }, files: {} },
      publish: async (file, content) => {
        const put = join(root, "put");
        writeFileSync(put, content);
        await run(root, "svnmucc", "--non-interactive", "-m", "A change", "put", put, `${url}/trunk/${file}`);
      },
    };
  });

/** An upload by FTP makes no links and sets no execute bits, so the server holds none. */
const ftp = (site: Site): Promise<Served> =>
  serve(async (holder) => {
    const server = holder.add(await startVsftpd());
    await lay(site, server.root);
    applyLosses(join(server.root, "shop"), losses.ftp);
    const { host, port, username, authority: ca } = server;
    const login = { host, port, username, password: new Secret(server.password), ca };
    return {
      tree: use(sourceFtp, { ...login, path: "/shop" }),
      archive: use(sourceFtp, { ...login, path: `/${archiveName}` }),
      page: {
        env: { FTP_HOST: host, FTP_PORT: String(port), FTP_USER: username, FTP_PASSWORD: server.password },
        files: { "ftp-ca.pem": ca },
      },
    };
  });

/** A web server carries archives; a tree it does not know. */
const http = (site: Site): Promise<Served> =>
  serve(async (holder) => {
    const server = holder.add(
      await startHttpFileServer({ tls: true, login: { user: "deploy", password: "pw-http-4711" } }),
    );
    await run("/", "cp", "-a", "--", site.archive, join(server.directory, archiveName));
    const url = `${server.origin}/${archiveName}`;
    const ca = server.authority ?? "";
    return {
      archive: use(sourceHttp, { url, username: "deploy", password: new Secret("pw-http-4711"), ca }),
      page: {
        env: { HTTP_URL: url, HTTP_USER: "deploy", HTTP_PASSWORD: "pw-http-4711" },
        files: { "http-ca.pem": ca },
      },
    };
  });

const sftp = (site: Site): Promise<Served> =>
  serve(async (holder) => {
    const server = holder.add(await startSftpServer());
    await lay(site, server.directory);
    const { host, port, user, privateKey, knownHosts, path } = server;
    const login = { host, port, user, privateKey, knownHosts };
    return {
      tree: use(sourceSftp, { ...login, path: join(path, "shop") }),
      archive: use(sourceSftp, { ...login, path: join(path, archiveName) }),
      page: {
        env: { SFTP_HOST: host, SFTP_PORT: String(port), SFTP_USER: user, SFTP_PATH: join(path, "shop") },
        files: { deploy_key: privateKey, known_hosts: knownHosts },
      },
      publish: async (file, content) => writeFileSync(join(server.directory, "shop", file), content),
    };
  });

const rsync = (site: Site): Promise<Served> =>
  serve(async (holder) => {
    const path = holder.folder();
    await lay(site, path);
    const password = "pw-rsync-4711";
    const server = holder.add(await startRsyncDaemon({ releases: { path, logins: { deploy: password } } }));
    const options = (name: string) => ({
      url: server.url(`releases/${name}`, "deploy"),
      password: new Secret(password),
    });
    return {
      tree: use(sourceRsync, options("shop/")),
      archive: use(sourceRsync, options(archiveName)),
      page: {
        env: { RSYNC_URL: server.url("releases/shop/", "deploy"), RSYNC_PASSWORD: password },
        files: {},
      },
      publish: async (file, content) => writeFileSync(join(path, "shop", file), content),
    };
  });

/** Every file below a folder, relative: what an upload to a bucket takes. */
const filesBelow = (folder: string, at = ""): readonly string[] =>
  readdirSync(join(folder, at)).flatMap((name) => {
    const path = at === "" ? name : `${at}/${name}`;
    const stat = lstatSync(join(folder, path));
    if (stat.isDirectory()) return filesBelow(folder, path);
    return stat.isFile() ? [path] : [];
  });

const s3 = (site: Site): Promise<Served> =>
  serve(async (holder) => {
    const server = holder.add(await startMinio());
    const bucket = await server.createBucket();
    const files = [...filesBelow(site.tree)];
    const upload = async (): Promise<void> => {
      for (let file = files.pop(); file !== undefined; file = files.pop())
        await server.put(bucket, `shop/${file}`, readFileSync(join(site.tree, file)));
    };
    await Promise.all(Array.from({ length: 16 }, upload));
    await server.put(bucket, archiveName, readFileSync(site.archive));
    const { endpoint, login } = server;
    const access = {
      bucket,
      endpoint,
      accessKeyId: login.accessKeyId,
      secretAccessKey: new Secret(login.secretAccessKey),
    };
    return {
      tree: use(sourceS3, { ...access, prefix: "shop/" }),
      archive: use(sourceS3, { ...access, key: archiveName }),
      page: {
        env: {
          S3_BUCKET: bucket,
          S3_ENDPOINT: endpoint,
          S3_ACCESS_KEY_ID: login.accessKeyId,
          S3_SECRET_ACCESS_KEY: login.secretAccessKey,
        },
        files: {},
      },
    };
  });

/** A build that archived the tree file by file, and one after it that archived it packed. */
const jenkins = (site: Site): Promise<Served> =>
  serve(async (holder) => {
    const login = { username: "deployer", token: "tok-jenkins-4711" };
    const server = holder.add(await startJenkinsServer({ login }));
    const artifacts = filesBelow(site.tree).map(
      (file) => [file, readFileSync(join(site.tree, file))] as const,
    );
    server.addBuild("web/files", { artifacts: Object.fromEntries(artifacts) });
    server.addBuild("web/shop", { artifacts: { [`dist/${archiveName}`]: readFileSync(site.archive) } });
    const access = { url: server.url, username: login.username, token: new Secret(login.token) };
    return {
      tree: use(sourceJenkins, { ...access, job: "web/files" }),
      archive: use(sourceJenkins, { ...access, job: "web/shop" }),
      page: {
        env: { JENKINS_URL: server.url, JENKINS_USER: login.username, JENKINS_TOKEN: login.token },
        files: {},
      },
    };
  });

/** Starts the server of each source with a site in it. */
export const serveBy = {
  directory,
  git,
  svn,
  http,
  ftp,
  sftp,
  rsync,
  s3,
  jenkins,
} as const satisfies Readonly<Record<string, (site: Site) => Promise<Served>>>;
