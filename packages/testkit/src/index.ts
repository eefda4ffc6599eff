/**
 * Conformance suites, in-memory providers and real servers for the tests of plugins.
 *
 * @module @hawser/testkit
 */

export {
  type ConsoleCall,
  type ConsoleFault,
  type ConsoleProgram,
  ConsoleWorld,
} from "./console/console-world.ts";
export { type JudgedCalls, judgeCalls } from "./console/judged-calls.ts";
export {
  type CollectingLogger,
  collectingLogger,
  type LogLine,
  operationContext,
  pluginContext,
  type TestOperationContext,
  temporaryDirectory,
  testDirectory,
} from "./context.ts";
export { type BucketPlace, describeBucketStorage } from "./describe-bucket-storage.ts";
export { describeInstaller, type InstallerTrial } from "./describe-installer.ts";
export { describeInventory, type InventoryTrial } from "./describe-inventory.ts";
export { describeListener, type ListenerTrial } from "./describe-listener.ts";
export { describeLoadBalancer, type HeldRequest, type LoadBalancerTrial } from "./describe-load-balancer.ts";
export { describeSource, type SourceTrial } from "./describe-source.ts";
export { describeStep, type StepTrial } from "./describe-step.ts";
export { describeStorage, type StorageSubject } from "./describe-storage.ts";
export {
  describeTransport,
  type TransportFailure,
  type TransportPlace,
  type TransportSubject,
} from "./describe-transport.ts";
export { emptyPlan, MemoryInstaller } from "./memory/memory-installer.ts";
export { MemoryInventory } from "./memory/memory-inventory.ts";
export { type Heard, MemoryListener } from "./memory/memory-listener.ts";
export { MemoryLoadBalancer, type OpenRequest } from "./memory/memory-load-balancer.ts";
export { MemorySource, type MemoryTree } from "./memory/memory-source.ts";
export { MemoryStorage, type MemoryStorageOptions } from "./memory/memory-storage.ts";
export { probeProgram } from "./probe-host.ts";
export { receiveTree } from "./receive-tree.ts";
export { listenerContext, runEvents, runResult } from "./run-events.ts";
export { type ScriptProcess, startScript } from "./script-process.ts";
export { type ArtifactStore, startArtifactStore } from "./servers/artifact-store.ts";
export type { AwsClassic, AwsClassicSetup } from "./servers/aws-classic.ts";
export type { AwsMachine, AwsMachineSetup } from "./servers/aws-machine.ts";
export type { AwsRequest } from "./servers/aws-query.ts";
export type { AwsHookSetup, AwsScalingGroup } from "./servers/aws-scaling.ts";
export { type AwsServer, startAwsStandIn } from "./servers/aws-stand-in.ts";
export type { AwsTargetGroup, AwsTargetGroupSetup } from "./servers/aws-target-group.ts";
export { makeServerCertificate, type ServerCertificate } from "./servers/certificate.ts";
export type { CommandResult } from "./servers/command.ts";
export type { Fleet, FleetInstance, FleetOptions, MachineOptions } from "./servers/fleet.ts";
export { type FtpRelay, startFtpRelay } from "./servers/ftp-relay.ts";
export type { FtpServer, FtpServerOptions } from "./servers/ftp-server.ts";
export {
  type CommitFiles,
  createRepository,
  type GitRepository,
  openRepository,
} from "./servers/git-repository.ts";
export {
  type GitHttpServer,
  type GitHttpServerOptions,
  type GitSshServer,
  type GitSshServerOptions,
  startGitHttpServer,
  startGitSshServer,
} from "./servers/git-server.ts";
export {
  type HaproxyServerLine,
  type HaproxySetup,
  type RunningHaproxy,
  startHaproxy,
} from "./servers/haproxy.ts";
export { type HistoryOptions, makeHistory } from "./servers/history.ts";
export {
  type HookAnswer,
  type HookRequest,
  type HookServer,
  startHookServer,
} from "./servers/hook-server.ts";
export {
  type HttpFileServer,
  type HttpFileServerOptions,
  type ServedRequest,
  startHttpFileServer,
} from "./servers/http-file-server.ts";
export { type ReleaseApp, type ReleaseAppSetup, startReleaseApp } from "./servers/http-release-app.ts";
export { type ImdsStandIn, type RoleCredentials, startImdsStandIn } from "./servers/imds-stand-in.ts";
export type {
  JenkinsBuild,
  JenkinsBuildSetup,
  JenkinsChange,
  JenkinsResult,
} from "./servers/jenkins-build.ts";
export type { JenkinsJobSetup, JenkinsStage } from "./servers/jenkins-job.ts";
export {
  type JenkinsServer,
  type JenkinsServerOptions,
  startJenkinsServer,
} from "./servers/jenkins-server.ts";
export {
  type Load,
  type LoadPeriod,
  type LoadResponse,
  type LoadResult,
  type LoadSetup,
  startLoad,
} from "./servers/load-generator.ts";
export {
  errorAnswer,
  type FrontAnswer,
  type FrontChange,
  type FrontRefusal,
  type FrontRequest,
  type MinioFront,
  startMinioFront,
} from "./servers/minio-front.ts";
export { type MinioServer, type MinioServerOptions, startMinio } from "./servers/minio-server.ts";
export { type MotoServer, startMoto } from "./servers/moto-server.ts";
export { makeNpmHistory, type NpmHistoryOptions } from "./servers/npm-history.ts";
export { freePort, waitForPort } from "./servers/port.ts";
export { startPureFtpd } from "./servers/pure-ftpd.ts";
export { startPyftpdlib } from "./servers/pyftpdlib.ts";
export { type RsyncDaemon, type RsyncModule, startRsyncDaemon } from "./servers/rsync-daemon.ts";
export {
  type RsyncSshServer,
  type RsyncSshServerOptions,
  startRsyncSshServer,
} from "./servers/rsync-ssh-server.ts";
export type { S3Answer, S3Call } from "./servers/s3-request.ts";
export type { S3Login } from "./servers/s3-signature.ts";
export {
  type Salt,
  type SaltMinion,
  type SaltMinionOptions,
  type SaltOptions,
  startSalt,
} from "./servers/salt.ts";
export {
  type SaltApiStandIn,
  type SaltApiStandInOptions,
  startSaltApiStandIn,
} from "./servers/salt-api-stand-in.ts";
export { type Launch, SaltDaemon } from "./servers/salt-daemon.ts";
export { type SftpServer, type SftpServerOptions, startSftpServer } from "./servers/sftp-server.ts";
export { startFleet } from "./servers/sshd-fleet.ts";
export {
  type Affected,
  type PassedRequest,
  type StorageGateway,
  startStorageGateway,
  type Weather,
} from "./servers/storage-gateway.ts";
export {
  type SvnHttpServer,
  type SvnHttpServerOptions,
  startSvnHttpServer,
} from "./servers/svn-http-server.ts";
export { createSvnRepository, type SvnCommit, type SvnRepository } from "./servers/svn-repository.ts";
export { type SvnServer, type SvnServerOptions, startSvnServer } from "./servers/svn-server.ts";
export { type SvnSshServer, startSvnSshServer } from "./servers/svn-ssh-server.ts";
export {
  type Direction,
  startToxicProxy,
  type Toxic,
  type ToxicProxy,
  type Upstream,
} from "./servers/toxic-proxy.ts";
export { startVsftpd } from "./servers/vsftpd.ts";
export { startWebInstance, type WebInstance, type WebInstanceOptions } from "./servers/web-instance.ts";
export { holdAt, serveAt, type WebTrialParts, webTrial } from "./servers/web-trial.ts";
export { SimulatedTransport } from "./simulation/simulated-transport.ts";
export { readTree, type TreeTexts, treeDigest } from "./tree.ts";
