# shellcheck shell=sh
# The boot script has set p_* and evaluates this program. The end is 0 only when this machine runs what is desired.
provision() {
  umask 022
  exec 5>&1 </dev/null
  provision_settings
  tell "bringing $p_application ($p_environment_name) to $root"
  valid_root || leave 2 "the root is not an absolute path of letters, digits, dots, dashes and slashes: $root"
  provision_tools
  provision_work
  within provision_root || refused "$root"
  [ ! -f "$hw/ready" ] || first_line "$hw/ready"
  case ${first-} in *" $boot") ;; *) rm -f "$hw/ready" ;; esac
  open_reader
  read_desired
  converge
  get_ready
  tell "ready: release $d_release (version $d_version)"
}
provision_settings() {
  p_application=${p_application-} p_environment=${p_environment-} p_roles=${p_roles-} p_minimum=${p_minimum-0}
  p_signers=${p_signers-} p_principal=${p_principal-} p_revoked=${p_revoked-}
  p_reader=${p_reader-} p_reader_at=${p_reader_at-} p_reader_lines=${p_reader_lines-} p_reader_script=${p_reader_script-}
  p_authority=${p_authority-} p_sealed=${p_sealed-} p_published=${p_published-} p_secrets_command=${p_secrets_command-}
  p_ready=${p_ready-} p_wait=${p_wait-1800} p_nap=${p_nap-30}
  p_instance=${HAWSER_INSTANCE:-$(uname -n)}
  # It stands in lines as it is.
  case $p_instance in *[!A-Za-z0-9._:-]*) p_instance=unknown ;; esac
  p_base=$p_application/top p_environment_name='the top level' p_revision=''
  if [ -n "$p_environment" ]; then
    p_base=$p_application/environments/$p_environment p_environment_name=$p_environment
  fi
  is_number "$p_minimum" && is_number "$p_wait" && is_number "$p_nap" || leave 2 "this script is not valid: a number is none"
  # Which is looked for first; what was stored before the config sealed is there all the same.
  p_manifests='plain sealed'
  [ -z "$p_sealed" ] || p_manifests='sealed plain'
  first='' p_plan='' plan_user='' body_left=0
  # Once, and not in each verb's own process.
  learn_dd
}
provision_tools() {
  for provision_tool in awk sed find xargs tar gzip dd sort od head tr; do
    has "$provision_tool" || leave 2 "there is no $provision_tool on this machine"
  done
  [ "$sha" != none ] || leave 2 "there is no sha256 tool on this machine"
  # Looked at here once, for every subshell that verifies.
  [ -z "$p_signers" ] || signature_tool
}
# What is read lies below the root, where there is room for a release; what a killed one left goes with the next stage.
provision_work() {
  know_self
  ! linked_part || leave 2 "$part is a symbolic link"
  mkdir -p "$hw/staging" && chmod 700 "$hw/staging" || leave 2 "$root cannot be made or written"
  p_work=$hw/staging/provision.$self
  (umask 077 && mkdir "$p_work") || leave 2 "$root cannot be written"
  trap 'rm -rf "$p_work"' EXIT
  trap 'tell "stopped"; exit 143' HUP INT TERM
}
provision_root() {
  h_application=$p_application h_environment=$p_environment
  make_layout
  lock
  claim_root
  lay_trust
  unlock
  answer '{"ok":true}'
}
# The keys of the boot script count for the first time only: from then on the deployer changes them, over a session.
lay_trust() {
  [ -n "$p_signers" ] && [ ! -d "$hw/trust" ] || return 0
  ! linked_trust || fail HWS_HOST_LAYOUT "$hw/trust is a symbolic link"
  lay_at=$hw/staging/trust.$self
  rm -rf "$lay_at"
  try "laying the trusted keys" mkdir "$lay_at"
  try "laying the trusted keys" write_trust "$lay_at"
  try "laying the trusted keys" sync_paths "$lay_at/signers" "$lay_at/principal" "$lay_at"
  try "laying the trusted keys" move "$lay_at" "$hw/trust"
  sync_paths "$hw"
}
linked_trust() { [ -L "$hw/trust" ]; }
write_trust() {
  # Byte for byte, so that the deployer knows them by their digest.
  printf %s "$p_signers" >"$1/signers" && printf '%s\n' "$p_principal" >"$1/principal" || return 1
  [ -z "$p_revoked" ] || printf %s "$p_revoked" >"$1/revoked"
}

# Only now anybody may be told: the load balancer is joined, the autoscaling lifecycle completed.
get_ready() {
  run_name=ready run_user='' run_limit=600000 run_may_fail='' ready_count=0
  if already_ready; then return; fi
  printf '%s\n' "$p_ready" >"$p_work/hooks"
  while IFS= read -r ready_hook; do
    [ -n "$ready_hook" ] || continue
    ready_count=$((ready_count + 1))
    decoded "$ready_hook" >"$p_work/script" || leave 2 "a hook holds a NUL"
    head_lines env >"$p_work/env"
    run_name=hook-$ready_count
    run_script_file ready current
  done <"$p_work/hooks"
  within store_ready || refused "$hw/ready"
}
store_ready() {
  store "$hw/ready" "$d_release $d_plan $boot"
  answer '{"ok":true}'
}
