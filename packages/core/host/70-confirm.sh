# shellcheck shell=sh
# The last look at a tree before it becomes a release: every entry there with type, mode and size, nothing else, every file
# either put there by this stage (`mine`, or all of them) or with the stat it had when it was found good.
confirm='
  function wrong(why) { if (faults++ < 20) print why " " name > faulty }
  part == "kept" { kept[$7] = $1 " " $2 " " $3 " " $4 " " $5 " " $6; next }
  part == "new" { fact[$5] = $0; entries++; next }
  {
    entry()
    if (!(name in fact)) { wrong("extra"); next }
    met++
    split(fact[name], f, " ")
    if (!fits(kind, f[1])) { wrong("type"); next }
    if (kind == "f") {
      split(head, h, " ")
      if (h[2] != f[1]) wrong("mode")
      else if (h[3] != f[2]) wrong("size")
      else if (h[4] !~ ("^" f[3] "\\.0*$")) wrong("time")
    } else if (kind == "d" && substr(head, 1, 6) != "d 755 ") wrong("mode")
    if ((name in kept) && kept[name] != head) wrong("changed")
    print head, name (kind == "l" ? " " coded(target) : "")
  }
  END {
    if (met != entries) { name = entries - met " entries"; wrong("missing") }
    exit faults > 0
  }'

# confirm_tree <tree> <kept> <stat record to write>
confirm_tree() {
  : >"$work/mark"
  confirm_mark=$(mark_time "$work/mark")
  walk "$1" >"$work/walk" || return 1
  : >"$work/faulty"
  [ -f "$2" ] || : >"$2"
  {
    printf 'hawser-stat 1 %s %s\n' "$walk_form" "$confirm_mark"
    awk -v "faulty=$work/faulty" "$names$confirm" part=kept "$2" part=new "$work/manifest" part=walk "$work/walk"
  } >"$3"
}
