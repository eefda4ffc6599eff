import type { CheckOptions, Service } from "@hawser/installer-script";

/** The tool that makes the archive on the deployer, and what it is told beside what the recipe tells it. */
export interface BuildOptions {
  readonly tool: "maven" | "gradle";
  /** Default for Maven: `-DskipTests`, since tests belong before a deployment. */
  readonly arguments?: readonly string[];
}

/** How a jar is started: what `start-java` holds. */
export interface JavaOptions {
  /** Default `java`, as the service's PATH finds it. */
  readonly program?: string;
  /** Before `-jar`: heap, system properties, agents. */
  readonly options?: readonly string[];
  /** After the jar: what `main` gets. */
  readonly arguments?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A file in the release with lines `NAME="value"`, as `files` with `variables` writes it. */
  readonly envFile?: string;
}

/** Where a war meets Tomcat. */
export interface TomcatOptions {
  /** The folder of context files on the instances. Default `/etc/tomcat10/Catalina/localhost`. */
  readonly contexts?: string;
  /** As Tomcat names contexts: `ROOT` (default) is `/`, `shop` is `/shop`, `shop#v1` is `/shop/v1`. */
  readonly name?: string;
  /** Each release is another version of the context in a Tomcat that goes on. Default false: Tomcat starts anew. */
  readonly parallel?: boolean;
}

/** The page that tells how the application is, on the instance itself. */
export interface HealthOptions extends Omit<CheckOptions, "http" | "command" | "user"> {
  readonly path: string;
}

export interface JavaInstallerOptions {
  /** The jar in the release, as `target/shop.jar`; a `*` stands for what changes in its name. */
  readonly jar?: string;
  /** The war in the fetched or built tree; the release holds it unpacked, in `webapp`. */
  readonly war?: string;
  /** Default: the archive is in the source already. */
  readonly build?: BuildOptions["tool"] | BuildOptions;
  /** What of the built tree goes into the release beside the archive. Default: all of it. */
  readonly ship?: readonly string[];
  readonly java?: JavaOptions;
  readonly tomcat?: TomcatOptions;
  /** What runs the jar, or Tomcat. Required, but for versions of a context in a Tomcat that goes on. */
  readonly service?: Service;
  /** Default 8080. */
  readonly port?: number;
  /** Default `/health`, which names the release. */
  readonly health?: string | HealthOptions;
}
