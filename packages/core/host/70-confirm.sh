# shellcheck shell=sh
# The last look at a tree before it becomes a release, at every path that this stage has made or read: type, mode, size and
# time as the manifest says, and with the paths that stayed as recorded exactly as many as the manifest has.
confirm='
  function wrong(why) { if (faults++ < 20) print why " " coded(name) > faulty }
  part == "facts" { fact[name_of($0)] = substr($0, index($0, "//") + 2); next }
  {
    met++
    name = name_of($0)
    if (!(name in fact)) { wrong("extra"); next }
    split(fact[name], f, " ")
    look_at($0)
    if (!fits(kind, f[1])) wrong("type")
    else if (kind == "d") { if (mode != "755") wrong("mode") }
    else if (kind == "f") {
      if (mode != f[1]) wrong("mode")
      else if (size != f[2]) wrong("size")
      else if (mtime !~ ("^" f[3] "\\.0*$")) wrong("time")
    }
    print (kind == "d" || (ctime "") < (mark "") ? "" : "~") $0 >> record
  }
  END {
    if (met != entries) { name = (entries - met) " entries"; wrong("missing") }
    exit faults > 0
  }'

# confirm_tree <tree> <stat record to write>
confirm_tree() {
  : >"$work/mark"
  : >"$work/faulty"
  confirm_mark=$(mark_time "$work/mark")
  if [ "$h_method" = full ]; then
    walk "$1" >"$work/looked" || return 1
    : >"$work/sort/same"
  else
    (cd "$1" && look "$work/sort/look") >"$work/looked" || return 1
  fi
  confirm_entries=$(($(wc -l <"$work/manifest"))) confirm_same=$(($(wc -l <"$work/sort/same")))
  record_head "$confirm_mark" >"$2" || return 1
  awk -v "faulty=$work/faulty" -v "entries=$confirm_entries" -v "met=$confirm_same" -v "mark=$confirm_mark" -v "record=$2" \
    "$names$confirm" part=facts "$work/sort/facts" part=walk "$work/looked" || return 1
  cat "$work/sort/same" >>"$2"
}
