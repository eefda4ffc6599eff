import type { ReaderOptions } from "./reader-options.ts";

/** A text as one word of sh. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A value of curl's config, without the quotes around it. */
const escaped = (text: string): string => text.replaceAll(/[\\"]/g, "\\$&");

/** The digest of no bytes: what a GET has for a body. S3 wants it said, and curl adds it only since 7.87. */
const emptyDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Where a bucket's objects are read: `base` is an object's URL without its key, ending in `/`. */
export interface ReadPlace {
  readonly base: string;
  readonly region: string;
}

const common = ({ base, region }: ReadPlace): string => `
reader_request() {
  printf 'url = "%s%s"\\n' ${quoted(escaped(base))} "$1"
  printf '%s\\n' ${quoted(`aws-sigv4 = "aws:amz:${region}:s3"`)} 'header = "x-amz-content-sha256: ${emptyDigest}"'
}`;

const staticScript = (user: string): string => `
reader_config() {
  reader_request "$1"
  printf '%s\\n' ${quoted(`user = "${escaped(user)}"`)}
}
`;

/**
 * The role's credentials by IMDSv2: a token for a minute, the name of the role, its key. They are asked for each time, so
 * that what is used is never old. Nothing of it stands in argv, and what is no credential is never handed on.
 */
const roleScript = `
reader_imds="\${AWS_EC2_METADATA_SERVICE_ENDPOINT:-http://169.254.169.254}"
reader_imds="\${reader_imds%/}/latest"
reader_ask() {
  curl -q -f -g -sS --proto =http,https --noproxy '*' --max-redirs 0 --connect-timeout 2 --max-time 5 -K - 2>/dev/null |
    head -c 16384
}
reader_get() {
  printf 'url = "%s/%s"\\nheader = "X-aws-ec2-metadata-token: %s"\\n' \\
    "$reader_imds" "$1" "$reader_token" | reader_ask
}
reader_safe() {
  case $1 in '' | *[!A-Za-z0-9+/=._,@-]*) return 1 ;; esac
}
reader_value() {
  printf '%s' "$reader_json" | tr -d '\\n' |
    sed -n 's/.*"'"$1"'"[[:space:]]*:[[:space:]]*"\\([A-Za-z0-9+/=._-]*\\)".*/\\1/p'
}
reader_config() {
  reader_token=$(printf 'url = "%s/api/token"\\nrequest = "PUT"\\nheader = "X-aws-ec2-metadata-token-ttl-seconds: 60"\\n' \\
    "$reader_imds" | reader_ask) || return 1
  reader_safe "$reader_token" || return 1
  reader_role=$(reader_get meta-data/iam/security-credentials/ | head -n 1) || return 1
  reader_safe "$reader_role" || return 1
  reader_json=$(reader_get "meta-data/iam/security-credentials/$reader_role") || return 1
  reader_key=$(reader_value AccessKeyId) && reader_secret=$(reader_value SecretAccessKey) || return 1
  reader_session=$(reader_value Token) || return 1
  reader_json='' reader_token=''
  reader_safe "$reader_key" && reader_safe "$reader_secret" && reader_safe "$reader_session" || return 1
  reader_request "$1"
  printf 'user = "%s:%s"\\nheader = "x-amz-security-token: %s"\\n' "$reader_key" "$reader_secret" "$reader_session"
  reader_secret='' reader_session=''
}
`;

/** The function `reader_config` for a reader. */
export const readerScript = (reader: ReaderOptions, place: ReadPlace): string => {
  const own =
    "role" in reader ? roleScript : staticScript(`${reader.accessKeyId}:${reader.secretAccessKey.reveal()}`);
  return `# shellcheck shell=sh\n# How this instance reads its storage: by curl's own signatures.${common(place)}${own}`;
};
