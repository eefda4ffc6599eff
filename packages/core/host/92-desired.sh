# shellcheck shell=sh
# What the environment should run, believed only when it is newer than whatever was believed before. A state that leaps
# ahead further than this is not the next one of an honest line.
desired_leap=1000
# Set by who knows a least version: the boot script of a machine's image.
desired_floor=${desired_floor:-0}

# take_desired <file>: into d_version d_epoch d_release d_manifest d_plan d_updated d_expires (empty: it counts for ever), and its digest into d_digest; else the verb
# fails. What was accepted is stored before it is used, so that nothing older is ever accepted again.
take_desired() {
  [ "$(($(wc -c <"$1")))" -le 65536 ] || fail HWS_HOST_DESIRED "the desired state is larger than 64 KiB"
  check_signed "$1" hawser-desired@v1
  desired_of "$work/signed.text"
  desired_mine
  d_digest=$(digest_of "$work/signed.text")
  desired_was=$locked
  lock
  desired_newer
  [ -n "$desired_was" ] || unlock
}

# Every header once, each in its grammar; those it does not know are a later version's.
desired_of() {
  d_version='' d_epoch='' d_release='' d_manifest='' d_plan='' d_application='' d_environment='' d_layout='' d_updated='' d_expires=''
  LC_ALL=C awk '
    !/^[a-z][a-z-]*: [ -~]*$/ { exit bad = 1 }
    { key = $1; if (key in seen) exit bad = 1; seen[key] = 1 }
    END { exit bad || NR == 0 }' "$1" || fail HWS_HOST_DESIRED "the desired state is not made of headers"
  while IFS= read -r line; do
    case $line in
      hawser-desired:\ *) d_layout=${line#*: } ;;
      application:\ *) d_application=${line#*: } ;;
      environment:\ *) d_environment=${line#*: } ;;
      version:\ *) d_version=${line#*: } ;;
      epoch:\ *) d_epoch=${line#*: } ;;
      release:\ *) d_release=${line#*: } ;;
      manifest:\ *) d_manifest=${line#*: } ;;
      plan:\ *) d_plan=${line#*: } ;;
      updated:\ *) d_updated=${line#*: } ;;
      expires:\ *) d_expires=${line#*: } ;;
    esac
  done <"$1"
  [ "$d_layout" = 1 ] || fail HWS_HOST_DESIRED "the desired state has layout '$d_layout', and this program reads layout 1"
  for desired_count in "$d_version" "$d_epoch" "${d_updated:-0}" "${d_expires:-0}"; do
    is_number "$desired_count" && [ "${#desired_count}" -le 16 ] || fail HWS_HOST_DESIRED "the desired state has a version, epoch or time that is not a number"
    case $desired_count in 0?*) fail HWS_HOST_DESIRED "the desired state has a number with leading zeros" ;; esac
  done
  is_id "$d_release" || fail HWS_HOST_DESIRED "the desired state names no release"
  is_digest "$d_manifest" && is_digest "$d_plan" || fail HWS_HOST_DESIRED "the desired state has a manifest or plan that is not a digest"
}
is_digest() {
  case $1 in sha256-*[!0-9a-f]*) return 1 ;; sha256-*) [ "${#1}" -eq 71 ] ;; *) return 1 ;; esac
}

# Another application's or environment's state is as good as forged, whoever signed it.
desired_mine() {
  desired_owner="$h_application ${h_environment:--}"
  if first_line "$hw/owner"; then desired_owner=$first; fi
  [ "$d_application $d_environment" = "$desired_owner" ] ||
    fail HWS_HOST_OWNER "the desired state is of '$d_application $d_environment', and $root belongs to '$desired_owner'"
}

# Inside the lock.
desired_newer() {
  if [ "$d_version" -lt "$desired_floor" ]; then
    fail HWS_HOST_ROLLED_BACK "the desired state has version $d_version, and this instance was made for $desired_floor or newer"
  fi
  if [ ! -e "$hw/trusted" ]; then
    store "$hw/trusted" "$d_version $d_digest"
    return
  fi
  first_line "$hw/trusted"
  trusted=${first%% *}
  is_number "$trusted" || fail HWS_HOST_STATE "$hw/trusted does not hold a version"
  if [ "$d_version" -eq "$trusted" ]; then
    [ "${first#* }" = "$d_digest" ] ||
      fail HWS_HOST_EQUIVOCATION "there are two desired states of version $d_version"
    return 0
  fi
  if [ "$d_version" -lt "$trusted" ]; then
    fail HWS_HOST_ROLLED_BACK "the desired state has version $d_version, and this instance has accepted version $trusted"
  fi
  if [ "$((d_version - trusted))" -gt "$desired_leap" ]; then
    fail HWS_HOST_LEAP "the desired state leaps from version $trusted to $d_version"
  fi
  store "$hw/trusted" "$d_version $d_digest"
}

# desired_counts: true while the state last taken counts by the clock of this machine, with five minutes for a clock that
# is a little wrong. Else expired_why says why not. A clock that stands before the signing cannot tell, and is set first.
desired_counts() {
  expired_why=''
  [ -n "$d_expires" ] || return 0
  desired_now=$(date +%s)
  if [ "$desired_now" -gt $((d_expires + 300)) ]; then
    expired_why="the desired state (version $d_version) counted until $(time_text "$d_expires"), and the clock of this machine says $(time_text "$desired_now"): sign it anew with hawser sign, or set the clock when it is wrong"
    return 1
  fi
  [ "$desired_now" -lt $((${d_updated:-0} - 300)) ] || return 0
  expired_why="the clock of this machine says $(time_text "$desired_now"), and the desired state (version $d_version) was signed at $(time_text "$d_updated"): whether it still counts cannot be told before the clock is set"
  return 1
}
time_text() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || printf '%s s after 1970' "$1"; }

# A deployer tells what it has published: from then on nothing older is accepted.
verb_desired() {
  enter
  unlock
  is_number "$body_left" && [ "$body_left" -le 65536 ] || fail HWS_HOST_DESIRED "the desired state is larger than 64 KiB"
  work=$hw/staging/desired.$self
  try "making $work" mkdir "$work"
  desired_bytes=$body_left
  spend "$desired_bytes"
  try "receiving the desired state" take_file "$desired_bytes" "$work/state"
  fence
  take_desired "$work/state"
  answer "{\"ok\":true,\"version\":$d_version}"
}
