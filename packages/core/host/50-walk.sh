# shellcheck shell=sh
# A walk is one line a path: type, mode, size, mtime, ctime, inode, name (newline as \001) and, after `//`, a link's
# target. Directories have `-` for what changes with their entries. One process for the whole tree, never one a file.
if find /dev/null -prune -printf '' 2>/dev/null; then
  walk_form=printf
  walk() {
    find "$1" -mindepth 1 \( -type d -printf 'd %m - - - - %P\0' -o -type l -printf 'l %m %s %T@ %C@ %i %P//%l\0' \
      -o -printf '%y %m %s %T@ %C@ %i %P\0' \) | tr '\n\0' '\001\n'
  }
  # The time of the file system's own clock: a file changed later cannot have an older ctime.
  mark_time() { find "$1" -prune -printf '%C@\n'; }
else
  walk_form=stat
  walk() {
    (cd "$1" && QUOTING_STYLE=literal find . -mindepth 1 -exec stat -c "$soh%f %s %Y.%y %Z.%z %i %n//%N" {} +) |
      tr '\n\001' '\001\n' | awk "$from_stat"
  }
  mark_time() { stat -c "$soh%f %s %Y.%y %Z.%z %i ./m//" "$1" | tr '\n\001' '\001\n' | awk "$from_stat" | cut -d ' ' -f 5; }
fi
from_stat='
  function octal(hex,   n) { n = index("01234567", substr(hex, 2, 1)); return n }
  function digit(c) { return index("0123456789abcdef", c) - 1 }
  function mode(hex,   n) {
    n = digit(substr(hex, 2, 1)) * 256 + digit(substr(hex, 3, 1)) * 16 + digit(substr(hex, 4, 1))
    return sprintf("%o", n)
  }
  function when(seconds, clock) {
    seconds = substr(seconds, 1, index(seconds, ".") - 1)
    return index(clock, ".") ? seconds substr(clock, index(clock, ".")) : seconds ".000000000"
  }
  $0 == "" { next }
  {
    sub(/\001$/, "")
    match($0, /^([^ ]+ +){9}/)
    head = $0; rest = $0
    for (i = 1; i <= 9; i++) rest = substr(rest, index(rest, " ") + 1)
    i = index(rest, "//")
    name = substr(rest, 1, i - 1); shown = substr(rest, i + 2)
    sub(/^\.\//, "", name)
    type = substr($1, 1, 1)
    kind = type == "8" ? "f" : type == "4" ? "d" : type == "a" ? "l" : "o"
    if (kind == "d") { print "d", mode($1), "- - - -", name; next }
    line = kind " " mode($1) " " $2 " " when($3, $4) " " when($6, $7) " " $9 " " name
    if (kind == "l") {
      # Either `name -> target` or the same with both quoted.
      if (substr(shown, 1, 1) == "\047") target = substr(shown, length(name) + 10, length(shown) - length(name) - 10)
      else target = substr(shown, length(name) + 7)
      line = line "//" target
    }
    print line
  }'

# Names between the manifest's percent-encoding and bytes (newline as \001), and one line of a walk taken apart.
names='
  BEGIN {
    for (i = 1; i < 256; i++) {
      c = sprintf("%c", i)
      byte[sprintf("%02X", i)] = i == 10 ? "\001" : c
      code[c] = sprintf("%%%02X", i)
    }
    code["\001"] = "%0A"
  }
  function raw(name,   out, i) {
    if (!index(name, "%")) return name
    while ((i = index(name, "%")) > 0) {
      out = out substr(name, 1, i - 1) byte[toupper(substr(name, i + 1, 2))]
      name = substr(name, i + 3)
    }
    return out name
  }
  function coded(name,   out, i, c) {
    if (name !~ /[^!-$&-~]/) return name
    for (i = 1; i <= length(name); i++) {
      c = substr(name, i, 1)
      out = out (c ~ /[^!-$&-~]/ ? code[c] : c)
    }
    return out
  }
  function entry(   i) {
    match($0, /^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ /)
    head = substr($0, 1, RLENGTH - 1)
    name = substr($0, RLENGTH + 1)
    kind = substr(head, 1, 1)
    target = ""
    if (kind == "l") {
      i = index(name, "//")
      target = substr(name, i + 2)
      name = substr(name, 1, i - 1)
    }
    plain = name
    name = coded(name)
  }
  # The same from a stat record, whose names are encoded.
  function recorded() {
    kind = $1; name = $7
    head = $1 " " $2 " " $3 " " $4 " " $5 " " $6
    target = $8
  }
  function fits(kind, mode) { return kind == "d" ? mode == "dir" : kind == "l" ? mode == "link" : kind == "f" && mode != "dir" && mode != "link" }
  # Whether a name is one of the listed paths or in one.
  function under(name, list,   i) {
    while (1) {
      if (name in list) return 1
      for (i = length(name); i > 0 && substr(name, i, 1) != "/"; i--) { }
      if (i < 2) return 0
      name = substr(name, 1, i - 1)
    }
  }'

# each <list> <command…>: the command with the listed names (one a line, newline as \001) as arguments, in few processes.
each() {
  each_list=$1
  shift
  [ ! -s "$each_list" ] || tr '\n\001' '\0\n' <"$each_list" | xargs -0 "$@"
}
