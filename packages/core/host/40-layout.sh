# shellcheck shell=sh
# No part of the root may be a link: what is written must land where it was meant to.
linked_part() {
  part='' rest=${root#/}
  while [ -n "$rest" ]; do
    part=$part/${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
    [ ! -L "$part" ] || return 0
  done
  for part in "$hw" "$hw/staging" "$hw/trash" "$hw/commands" "$hw/releases" "$hw/host" "$hw/secrets" "$hw/trust" "$root/releases" "$root/shared"; do
    [ ! -L "$part" ] || return 0
  done
  return 1
}
valid_root() {
  case $root in
    / | */ | *//* | */./* | */../* | */. | */.. | *[!A-Za-z0-9._/-]*) return 1 ;;
    /*) ;;
    *) return 1 ;;
  esac
}
check_layout() {
  valid_root || fail HWS_HOST_REQUEST "the root is not an absolute path of letters, digits, dots, dashes and slashes: $root"
  ! linked_part || fail HWS_HOST_LAYOUT "$part is a symbolic link"
  if [ -e "$root/current" ] && [ ! -L "$root/current" ]; then
    fail HWS_HOST_LAYOUT "$root/current is not a symbolic link"
  fi
}

make_layout() {
  check_layout
  [ -d "$hw/secrets" ] && [ -d "$hw/releases" ] && [ -d "$hw/staging" ] && [ -d "$hw/trash" ] &&
    [ -d "$hw/commands" ] && [ -d "$root/releases" ] && [ -d "$root/shared" ] && return
  try "making $root" mkdir -p "$root/releases" "$root/shared" "$hw/host" "$hw/staging" "$hw/trash" "$hw/commands" "$hw/secrets" "$hw/releases"
  try "making $root" chmod 700 "$hw/staging" "$hw/trash" "$hw/commands" "$hw/secrets"
}

# Inside the lock.
claim_root() {
  owner="$h_application ${h_environment:--}"
  case $owner in *[!A-Za-z0-9._\ -]*) fail HWS_HOST_REQUEST "the application or environment is not a name" ;; esac
  if first_line "$hw/owner"; then
    [ "$first" = "$owner" ] || fail HWS_HOST_OWNER "$root belongs to '$first', not to '$owner'"
  else
    store "$hw/owner" "$owner"
  fi
}

# Into current_kind (release, foreign, none, directory) and current_at (its id or target). Other tools number and date their
# releases: one is ours when there are facts of it.
look_current() {
  current_kind=none current_at=''
  if [ -L "$root/current" ]; then
    current_at=$(readlink "$root/current")
    current_id=${current_at##*/}
    current_kind=foreign
    if is_id "$current_id" && [ -d "$hw/releases/$current_id" ]; then
      case $current_at in
        "releases/$current_id" | "$root/releases/$current_id") current_kind=release current_at=$current_id ;;
      esac
    fi
  elif [ -e "$root/current" ]; then
    current_kind=directory
  fi
}

# state_of <id>: into `state`; empty when the release is not complete.
state_of() {
  state=''
  [ -d "$root/releases/$1" ] && [ ! -L "$root/releases/$1" ] || return 1
  if first_line "$hw/releases/$1/state"; then state=$first; fi
  case $state in staged | installing | installed) ;; *)
    state=''
    return 1
    ;;
  esac
}
# record_of <file>: its header lines, up to the first empty one or the signature.
record_of() {
  r_application='' r_release='' r_artifact='' r_manifest=''
  while IFS= read -r line; do
    case $line in
      '' | '-----BEGIN SSH SIGNATURE-----') break ;;
      application:\ *) r_application=${line#*: } ;;
      release:\ *) r_release=${line#*: } ;;
      artifact:\ *) r_artifact=${line#*: } ;;
      manifest:\ *) r_manifest=${line#*: } ;;
    esac
  done <"$1"
  case $r_artifact in *[!a-z0-9-]*) r_artifact='' ;; esac
  case $r_manifest in *[!a-z0-9-]*) r_manifest='' ;; esac
}

# True when a process has its working directory or executable in the tree, where /proc tells.
inhabited() {
  [ -d /proc/self ] || return 1
  set +f
  # shellcheck disable=SC2012
  ls -l /proc/[0-9]*/cwd /proc/[0-9]*/exe 2>/dev/null |
    awk -v "tree=$1" '{ i = index($0, " -> "); to = substr($0, i + 4); if (to == tree || index(to, tree "/") == 1) found = 1 } END { exit !found }'
  inhabited_rc=$?
  set -f
  return "$inhabited_rc"
}
