# shellcheck shell=sh
# Values of the secrets that the plan names: a file that the image has laid, what a command of the image prints, or the
# object that is sealed to the machines of this environment. They lie in a private folder until provisioning ends.

take_secrets() {
  : >"$p_plan/secrets"
  secrets_object=''
  for secret_name in $(head_lines secret); do
    case $secret_name in *[!A-Z0-9_]*) leave 2 "a secret of the plan has no valid name" ;; esac
    take_secret || leave 2 "this machine cannot obtain the secret $secret_name: it is neither laid in $hw/secrets, nor printed by the secrets command, nor published"
    printf 'HAWSER_SECRET_%s=%s\n' "$secret_name" "$secret_value" >>"$p_plan/secrets"
  done
}
# Into secret_value, percent-encoded.
take_secret() {
  secret_value=''
  if [ -f "$hw/secrets/$secret_name" ]; then
    secret_value=$(coded_bytes <"$hw/secrets/$secret_name")
  elif [ -n "$p_secrets_command" ]; then
    secret_value=$(print_secret) || leave 2 "the secrets command failed for $secret_name"
  fi
  [ -z "$secret_value" ] || return 0
  read_published || return 1
  secret_value=$(awk -v "key=secret: $secret_name=" 'index($0, key) == 1 { print substr($0, length(key) + 1) }' "$p_work/secrets")
  [ -n "$secret_value" ]
}
# The command runs with nothing of ours but the name.
print_secret() {
  set -- sh -c "$p_secrets_command"
  ! has timeout || set -- timeout 120 "$@"
  HAWSER_SECRET_NAME=$secret_name "$@" 5>&- </dev/null >"$p_work/secret" || return 1
  coded_bytes <"$p_work/secret"
  rm -f "$p_work/secret"
}
# Every byte encoded, without a newline at the end; one that holds a NUL is none.
coded_bytes() {
  od -An -v -tx1 | awk '
    { for (i = 1; i <= NF; i++) { if ($i == "00") exit; text = text "%" toupper($i) } }
    END { sub(/%0A$/, "", text); print text }'
}

# The published secrets, once.
read_published() {
  [ -n "$p_published" ] || return 1
  [ -z "$secrets_object" ] || return 0
  has age && has_identity || leave 2 "the secrets of this environment are sealed, and this machine has no age or no identity at $identity"
  fetched "the sealed secrets" "$p_base/secrets.age" 1048576 "$p_work/secrets.age"
  open_sealed <"$p_work/secrets.age" >"$p_work/secrets" 2>/dev/null || leave 65 "the sealed secrets cannot be opened with the identity of this machine"
  within provision_secrets || refused "the sealed secrets"
  secrets_object=yes
}
# Sealing tells nobody who sealed it: the signature inside does.
provision_secrets() {
  work=$p_work/attempt
  try "making $work" mkdir "$work"
  check_signed "$p_work/secrets" hawser-secrets@v1
  header_of "$p_work/secrets" application
  secrets_for=$header
  header_of "$p_work/secrets" environment
  secrets_for="$secrets_for $header"
  [ "$secrets_for" = "$p_application ${p_environment:--}" ] || fail HWS_HOST_DIGEST "they are of another application or environment: $secrets_for"
  answer '{"ok":true}'
}
# header_of <file> <key>: into `header`, of the header lines, up to the first that is none.
header_of() {
  header=''
  while IFS= read -r header_line; do
    case $header_line in
      '' | '-----BEGIN '*) return ;;
      "$2: "*)
        header=${header_line#*: }
        return
        ;;
    esac
  done <"$1"
}
