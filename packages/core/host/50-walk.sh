# shellcheck shell=sh
# A walk is one line a path: `name//type mode size mtime ctime inode`, for a link `//target` after that. Newlines in names
# and targets are \001, so that lines stay lines. Directories have `-` for what changes with their entries. One process
# looks at the whole tree, never one for each file. A stat record is a header and the lines of a walk as they came, so
# that an unchanged path is found by comparing whole lines.
if find /dev/null -prune -printf '' 2>/dev/null; then
  walk_form=printf
  walk() {
    find "$1" -mindepth 1 \( -type d -printf '%P//d %m - - - -\0' -o -type l -printf '%P//l %m %s %T@ %C@ %i//%l\0' \
      -o -printf '%P//%y %m %s %T@ %C@ %i\0' \) | tr '\n\0' '\001\n'
  }
  # look <list>: the same lines for the listed names of the working directory.
  look() {
    each "$1" sh -c 'find "$@" -prune \( -type d -printf "%p//d %m - - - -\\0" -o -type l -printf "%p//l %m %s %T@ %C@ %i//%l\\0" \
      -o -printf "%p//%y %m %s %T@ %C@ %i\\0" \)' sh | tr '\n\0' '\001\n' | sed 's,^\./,,'
  }
  # The file system's own clock: a file that is changed later cannot have an older ctime.
  mark_time() { find "$1" -prune -printf '%C@\n'; }
else
  walk_form=stat
  walk() {
    (cd "$1" && QUOTING_STYLE=literal find . -mindepth 1 -exec stat -c "$stat_format" {} +) |
      tr '\n\001' '\001\n' | awk "$from_stat"
  }
  look() { QUOTING_STYLE=literal each "$1" stat -c "$stat_format" | tr '\n\001' '\001\n' | awk "$from_stat"; }
  mark_time() { stat -c "$stat_format" "$1" | tr '\n\001' '\001\n' | awk "$from_stat" | sed 's,^.*//,,' | cut -d ' ' -f 5; }
fi
# \001 before each path, since a name may hold what ends a line.
stat_format="$soh%f %s %Y.%y %Z.%z %i %n//%N"
from_stat='
  function digit(c) { return index("0123456789abcdef", c) - 1 }
  function octal(hex) { return sprintf("%o", digit(substr(hex, 2, 1)) * 256 + digit(substr(hex, 3, 1)) * 16 + digit(substr(hex, 4, 1))) }
  # From `<seconds>.<date>` and `<time>.<fraction>`.
  function when(seconds, clock) {
    seconds = substr(seconds, 1, index(seconds, ".") - 1)
    return index(clock, ".") ? seconds substr(clock, index(clock, ".")) : seconds ".000000000"
  }
  $0 == "" { next }
  {
    sub(/\001$/, "")
    rest = $0
    for (i = 1; i <= 9; i++) rest = substr(rest, index(rest, " ") + 1)
    i = index(rest, "//")
    path = substr(rest, 1, i - 1); shown = substr(rest, i + 2)
    name = path
    sub(/^\.\//, "", name)
    type = substr($1, 1, 1)
    kind = type == "8" ? "f" : type == "4" ? "d" : type == "a" ? "l" : "o"
    if (kind == "d") { print name "//d " octal($1) " - - - -"; next }
    line = name "//" kind " " octal($1) " " $2 " " when($3, $4) " " when($6, $7) " " $9
    # Either `path -> target` or the same with both quoted.
    quoted = substr(shown, 1, 1) == "\047"
    if (kind == "l") line = line "//" (quoted ? substr(shown, length(path) + 8, length(shown) - length(path) - 8) : substr(shown, length(path) + 5))
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
  function name_of(line) { return substr(line, 1, index(line, "//") - 1) }
  # Into kind, mode, size, mtime, ctime and target.
  function look_at(line,   i, h) {
    line = substr(line, index(line, "//") + 2)
    target = ""
    if (substr(line, 1, 1) == "l") {
      i = index(line, "//")
      target = substr(line, i + 2)
      line = substr(line, 1, i - 1)
    }
    split(line, h, " ")
    kind = h[1]; mode = h[2]; size = h[3]; mtime = h[4]; ctime = h[5]
  }
  function fits(kind, mode) { return kind == "d" ? mode == "dir" : kind == "l" ? mode == "link" : kind == "f" && mode != "dir" && mode != "link" }
  function put(list, text) { print text > (out "/" list) }
  # Spread by size over two lists, which are hashed at the same time.
  function hash(name, size, digest,   list) {
    if (index(name, "\001")) list = "odd"
    else {
      list = bytes[1] <= bytes[2] ? 1 : 2
      bytes[list] += size + 4096
    }
    put("hash." list, "./" name)
    put("want." list, digest " " coded(name))
  }
  function hash_link(name, target, digest) {
    gsub("\001", "\n", target)
    links++
    printf "%s", target > (out "/link." links)
    close(out "/link." links)
    put("hash.links", "./link." links)
    put("want.links", digest " " coded(name))
  }
  # Whether a name is one of the listed paths or in one.
  function under(name, list) {
    while (1) {
      if (name in list) return 1
      if (!match(name, "/[^/]*$")) return 0
      name = substr(name, 1, RSTART - 1)
    }
  }'

# each <list> <command…>: the command with the listed names (one a line, newline as \001) as arguments, in few processes.
each() {
  each_list=$1
  shift
  [ ! -s "$each_list" ] || tr '\n\001' '\0\n' <"$each_list" | xargs -0 "$@"
}

record_head() { printf 'hawser-stat 1 %s %s\n' "$walk_form" "$1"; }
# record_walk <walk> <mark> <record>: the record of a walk. A file whose ctime is not older than
# the mark could change without showing it: its line gets a `~`, so that it never equals a line of a later walk.
record_walk() {
  {
    record_head "$2"
    awk -v "mark=$2" "$names$mark_lines" "$1"
  } >"$3"
}
mark_lines='
  {
    look_at($0)
    print (kind == "d" || (ctime "") < (mark "") ? "" : "~") $0
  }'
