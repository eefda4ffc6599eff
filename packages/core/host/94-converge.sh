# shellcheck shell=sh
# From the desired state to a machine that runs it: read, verified, staged, installed, activated, checked.

# Into d_*: what this environment should run, as its signers said it. Bytes may be turned on their way, and a copy of
# storage may lag behind, so that it is read three times before it is refused.
read_desired() {
  desired_tries=0
  until
    fetched "the desired state" "$p_base/desired" 65536 "$p_work/desired"
    within provision_desired
  do
    desired_tries=$((desired_tries + 1))
    [ "$desired_tries" -lt 3 ] || refused "the desired state"
    tell "the desired state is refused: $reply_message (try $desired_tries of 3)"
    sleep 1
  done
  # shellcheck disable=SC1091
  . "$p_work/desired.is"
}
provision_desired() {
  work=$p_work/attempt
  try "making $work" mkdir "$work"
  h_application=$p_application h_environment=$p_environment desired_floor=$p_minimum
  take_desired "$p_work/desired"
  printf "d_version='%s' d_epoch='%s' d_release='%s' d_manifest='%s' d_plan='%s' d_updated='%s' d_expires='%s'\n" \
    "$d_version" "$d_epoch" "$d_release" "$d_manifest" "$d_plan" "$d_updated" "$d_expires" >"$p_work/desired.is" || broken "storing the desired state" ""
  answer '{"ok":true}'
}

# signed_object <what> <key> <namespace> <file>: a small object whose signature holds, read again when it does not: bytes
# may be turned on their way.
signed_object() {
  for signed_try in 1 2 3; do
    fetched "$1" "$2" 65536 "$4"
    p_signed=$4 p_namespace=$3
    within provision_signed && return
    tell "$1 is refused: $reply_message (try $signed_try of 3)"
  done
  refused "$1"
}
provision_signed() {
  work=$p_work/attempt
  try "making $work" mkdir "$work"
  check_signed "$p_signed" "$p_namespace"
  answer '{"ok":true}'
}

# The plan decides what happens on this machine: it comes first, also when the release is here already.
take_plan() {
  proven "the install plan" "$p_application/plans/${d_plan#sha256-}" 1048576 "$p_work/plan.text" "${d_plan#sha256-}"
  read_plan "$p_work/plan.text"
  take_secrets
}

# True when the release is here, installed and of the desired manifest.
release_held() {
  state_of "$d_release" && [ "$state" = installed ] && [ -f "$hw/releases/$d_release/record" ] || return 1
  record_of "$hw/releases/$d_release/record"
  [ "$r_manifest" = "$d_manifest" ] || leave 65 "release $d_release is held with another manifest"
  header_of "$hw/releases/$d_release/record" revision
  p_revision=$header
}

take_release() {
  p_release=$p_work/release
  rm -rf "$p_release"
  mkdir "$p_release" || leave 2 "no folder can be made in $p_work"
  take_release_record
  take_manifest
  take_archive
  stage_install=follows
  plan_installs || stage_install=none
  tell "staging release $d_release"
  laid_archive=$p_release/archive
  record_length=$(($(wc -c <"$p_release/record"))) manifest_length=$(($(wc -c <"$p_release/manifest")))
  ask stage "epoch: $d_epoch
application: $p_application
environment: $p_environment
release: $d_release
method: full
record: $record_length
manifest: $manifest_length
archive: 0
supplement: 0
manifest-form: plain
archive-form: $form_name
install: $stage_install" $((record_length + manifest_length)) "$p_release/record" "$p_release/manifest" || refused "release $d_release"
  rm -rf "$p_release"
}
take_release_record() {
  signed_object "the record of release $d_release" "$p_application/releases/$d_release/record" hawser-release@v1 "$p_release/record"
  record_of "$p_release/record"
  [ "$r_release" = "$d_release" ] && [ "$r_application" = "$p_application" ] && [ "$r_manifest" = "$d_manifest" ] && [ -n "$r_artifact" ] ||
    leave 65 "the record of release $d_release is not the one that the desired state names"
  header_of "$p_release/record" revision
  p_revision=$header
  header_of "$p_release/record" manifest-size
  record_bytes=$header
  is_number "$record_bytes" && [ "$record_bytes" -le 536870912 ] || leave 65 "the record of release $d_release names no size of its manifest"
}
# Sealed or plain, as it was stored; what is inside must be what the record names.
take_manifest() {
  manifest_hex=${r_manifest#sha256-}
  for manifest_try in 1 2 3; do
    patiently "the manifest" find_manifest || leave 2 "storage has no manifest of release $d_release"
    if [ "$manifest_from" = sealed ]; then
      has age && has_identity || leave 2 "the releases are sealed, and this machine has no age or no identity at $identity"
      open_sealed <"$p_release/manifest.age" 2>/dev/null | head -c "$((record_bytes + 1))" >"$p_release/manifest"
    fi
    if [ "$(digest_of "$p_release/manifest" "$record_bytes")" = "$manifest_hex" ]; then return; fi
    tell "the manifest cannot be opened, or is not what was signed (try $manifest_try of 3)"
  done
  leave 65 "the manifest of release $d_release is damaged, or sealed to others than this machine"
}
find_manifest() {
  find_hidden='' manifest_plain=$p_application/manifests/$manifest_hex
  for manifest_from in $p_manifests; do
    case $manifest_from in
      plain) read_object "$manifest_plain" "$record_bytes" "$p_release/manifest" && return ;;
      sealed) read_object "$manifest_plain.age" $((record_bytes + record_bytes / 512 + 65536)) "$p_release/manifest.age" && return ;;
    esac
    case $read_absent in '') return 1 ;; hidden) find_hidden=yes ;; esac
  done
  [ -n "$find_hidden" ] || return 2
  return 1
}

# The first stored form that this machine can open; every byte of it is counted and digested before it is unpacked.
take_archive() {
  artifact_hex=${r_artifact#sha256-} form_names=$(usable_forms | tr '\n' ' ')
  [ -n "$form_names" ] || leave 2 "this machine can open no form in which releases are stored"
  patiently "a stored form of release $d_release" find_form ||
    leave 2 "storage has no form of release $d_release that this machine can open: $form_names"
  signed_object "the record of $form_name" "$form_key" hawser-form@v1 "$p_release/form"
  header_of "$p_release/form" size
  form_size=$header
  header_of "$p_release/form" digest
  form_digest=$header
  header_of "$p_release/form" artifact
  form_artifact=$header
  header_of "$p_release/form" form
  case $form_digest in *[!0-9a-f]*) form_digest='' ;; esac
  [ "$form_artifact" = "$r_artifact" ] && [ "$header" = "$form_name" ] &&
    is_number "$form_size" && [ "${#form_digest}" = 64 ] || leave 65 "the record of $form_name is not that of release $d_release"
  tell "fetching release $d_release: $form_size bytes of $form_name"
  proven "the archive" "$p_application/artifacts/$artifact_hex/bytes/$form_digest" "$form_size" "$p_release/archive" "$form_digest" "$form_size"
}
# Ends with 2 when storage has none of them. One that hides what it does not have from who may not list it answers 403.
find_form() {
  find_hidden=''
  for form_name in $form_names; do
    form_key=$p_application/artifacts/$artifact_hex/forms/$form_name
    if read_object "$form_key" 65536 "$p_release/form"; then return; fi
    case $read_absent in '') return 1 ;; hidden) find_hidden=yes ;; esac
  done
  [ -n "$find_hidden" ] || return 2
  return 1
}

install_release() {
  if release_held; then
    tell "release $d_release is here and installed"
    return
  fi
  take_release
  state_of "$d_release"
  [ "$state" != installed ] || return 0
  ask link "epoch: $d_epoch
release: $d_release" "$(($(wc -c <"$p_plan/paths")))" "$p_plan/paths" || refused "release $d_release"
  run_phase install "release:$d_release"
  ask seal "epoch: $d_epoch
release: $d_release" || refused "release $d_release"
}

# converge: to the desired state, and again until it is still the desired one when all is done.
converge() {
  until
    converge_once
    done_version=$d_version done_release=$d_release done_epoch=$d_epoch done_plan=$d_plan
    read_desired
    [ "$d_version" = "$done_version" ]
  do
    tell "version $d_version is desired by now"
  done
  d_release=$done_release d_epoch=$done_epoch d_plan=$done_plan
}
converge_once() {
  tell "desired: release $d_release (version $d_version)"
  refuse_expired
  take_plan
  if keeps_newer; then
    activate_again
    return
  fi
  ask forget "epoch: $d_epoch
prefix: provision." || [ "$reply_code" = HWS_HOST_STATE ] || refused "this machine"
  if already_ready; then
    run_check
    return
  fi
  install_release
  tell "activating release $d_release"
  ask activate "epoch: $d_epoch
release: $d_release" || refused "release $d_release"
  activate_again
}
activate_again() {
  rm -f "$hw/ready"
  run_phase activate current
  run_check
}
# A thief of storage may withhold what is desired by now: what counts no more is never activated. A machine that runs it
# already, or what a later run has activated, keeps serving. Who signs anew mends it, and so it is a matter of patience.
refuse_expired() {
  if desired_counts; then return; fi
  if later_epoch || runs_desired; then
    tell "warning: $expired_why; this machine keeps what it runs"
    return
  fi
  leave 75 "$expired_why (HWS_HOST_EXPIRED)"
}
runs_desired() {
  look_current
  [ "$current_at" = "$d_release" ] && release_held
}

later_epoch() { first_line "$hw/epoch" && is_number "$first" && [ "$first" -gt "$d_epoch" ]; }
# A run has switched this machine under a later epoch, and has not said yet what is desired: nothing here may take that back.
keeps_newer() {
  later_epoch || return 1
  keeps_epoch=$first
  look_current
  [ "$current_kind" = release ] && state_of "$current_at" && [ "$state" = installed ] ||
    leave 76 "a run of epoch $keeps_epoch works on this machine, and the desired state is of epoch $d_epoch"
  tell "release $current_at was activated under epoch $keeps_epoch, later than the desired state: it stays"
  d_epoch=$keeps_epoch d_release=$current_at
  header_of "$hw/releases/$current_at/record" revision
  p_revision=$header
}
# What this very boot has made ready is not started a second time.
already_ready() {
  first_line "$hw/ready" && [ "$first" = "$d_release $d_plan $boot" ] && runs_desired
}
