# shellcheck shell=sh
# Nothing counts as stored before it was synced. An old sync that takes no names syncs everything.
sync_paths() { sync "$@" 2>/dev/null || sync; }
sync_tree() { sync -f "$1" 2>/dev/null || sync; }

# store <file> <line>: whole or not at all.
store() { try "storing $1" store_line "$1" "$2"; }
store_line() {
  printf '%s\n' "$2" >"$1.part.$$" || {
    rm -f "$1.part.$$"
    return 1
  }
  sync_paths "$1.part.$$" && mv -f "$1.part.$$" "$1" && sync_paths "${1%/*}"
}

# move <from> <to>: one rename(2), never into a directory that is in the way.
move() {
  move_said=$(mv -fT "$1" "$2" 2>&1) && return
  case $move_said in
    *nrecognized* | *'nvalid option'* | *'llegal option'* | *'nknown option'*)
      perl -e 'rename($ARGV[0], $ARGV[1]) or die "rename: $!\n"' "$1" "$2"
      ;;
    *)
      printf '%s\n' "$move_said" >&2
      return 1
      ;;
  esac
}

# first_line <file>: into `first`; empty when there is none.
first_line() {
  first=''
  [ -f "$1" ] || return 1
  { IFS= read -r first <"$1"; } 2>/dev/null || [ -n "$first" ]
}
