# shellcheck shell=sh
# What must happen to a tree so that it becomes the new manifest's. Reads the stat record of the tree (may be absent), the
# changes from the base's manifest to the new one, a walk, the names that arrived and the new manifest; writes lists:
#   remove, remove.dirs, replace   names to delete          dirs     directories to make
#   hash.*, want.*                 what must be hashed      need     entries that nothing gives
#   mode.755, mode.644, mode.dir, times (mtime, name)       same     lines of the walk that stay in the record
#   look                           names whose stat will be new, and `facts`: what the manifest says of each
# A path whose line is the recorded one and which the changes do not name is known good without reading.
sort_out='
  part == "record" {
    if (FNR == 1) { usable = $3 == form; next }
    if (usable && substr($0, 1, 1) != "~") recorded[$0] = 1
    else lost[name_of(substr($0, 1, 1) == "~" ? substr($0, 2) : $0)] = 1
    next
  }
  part == "change" {
    name = raw($1 == "-" ? $2 : $6)
    if ($1 == "+") wanted[name] = $2 " " $3 " " $4 " " $5; else if (!(name in wanted)) wanted[name] = ""
    if (!(name in listed)) { listed[name] = 1; order[++count] = name }
    next
  }
  part == "arrived" { arrived[$0] = 1; next }
  part == "walk" {
    known = $0 in recorded
    if (known) delete recorded[$0]
    name = name_of($0)
    if (known && !(name in listed)) { put("same", $0); next }
    have[name] = $0
    if (!(name in listed)) ask(name)
    next
  }
  part == "new" {
    if (!gathered) gather()
    # Mostly every path is as recorded or named by the changes: then the manifest has nothing to add.
    if (!questions && usable) exit
    name = raw($5)
    # Without a record nobody has told what is gone.
    if (!usable && !(name in have) && !(name in listed)) ask(name)
    if (name in asked) wanted[name] = $1 " " $2 " " $3 " " $4
    next
  }
  # What was recorded and is gone.
  function gather(   line, name) {
    gathered = 1
    for (line in recorded) lost[name_of(line)] = 1
    for (name in lost) if (!(name in listed)) ask(name)
  }
  function ask(name) { listed[name] = 1; order[++count] = name; asked[name] = 1; questions++ }
  END {
    for (i = 1; i <= count; i++) settle(order[i])
    print removed + 0
  }
  function settle(name,   f) {
    if (name in have) {
      if (gone != "" && index(name, gone) == 1) { removed++; delete have[name] }
      else {
        look_at(have[name])
        if (!(name in wanted) || wanted[name] == "" || !fits(kind, first(wanted[name]))) drop(name)
      }
    }
    if (!(name in wanted) || wanted[name] == "") return
    put("look", "./" name)
    put("facts", name "//" wanted[name])
    split(wanted[name], f, " ")
    if (!(name in have)) {
      if (f[1] == "dir") put("dirs", "./" name)
      else if (!(name in arrived)) put("need", coded(name))
    } else if (kind == "d") {
      if (mode != "755") put("mode.dir", "./" name)
    } else if (name in arrived) put("replace", "./" name)
    else if (kind == "l") hash_link(name, target, f[4])
    else if (size != f[2]) put("need", coded(name))
    else {
      hash(name, f[2], f[4])
      if (mode != f[1]) put("mode." f[1], "./" name)
      if (mtime !~ ("^" f[3] "\\.0*$")) put("times", f[3] " ./" name)
    }
  }
  function first(fact) { return substr(fact, 1, index(fact, " ") - 1) }
  function drop(name) {
    removed++
    if (kind == "d") { put("remove.dirs", "./" name); gone = name "/" } else put("remove", "./" name)
    delete have[name]
  }'

# sort_tree <folder> <tree> <stat record>
sort_tree() {
  rm -rf "$1"
  mkdir "$1" || return 1
  : >"$1/need"
  : >"$1/same"
  : >"$1/look"
  : >"$1/facts"
  walk "$2" >"$1/walk" || return 1
  awk -v "out=$1" -v "form=$walk_form" "$names$sort_out" part=record "$3" part=change "$work/change" \
    part=arrived "$work/arrived" part=walk "$1/walk" part=new "$work/manifest" >"$1/removed"
}

# mend_tree <lists> <tree>: makes the tree what the lists say. Nothing of it can be a link that was planted: these are
# removed first, and no other process can reach the tree.
mend_tree() {
  cd "$2" || return 1
  each "$1/remove" rm -f || return 1
  each "$1/remove.dirs" rm -rf || return 1
  each "$1/replace" rm -f || return 1
  each "$1/dirs" mkdir -p || return 1
  set_modes "$1" && set_times "$1"
}
set_modes() {
  each "$1/mode.755" chmod 755 && each "$1/mode.644" chmod 644 && each "$1/mode.dir" chmod 755
}
# One process for each distinct mtime, not for each file.
set_times() {
  [ -s "$1/times" ] || return 0
  sort -n -k 1,1 <"$1/times" | awk '
    $1 != last { if (run != "") close(run); last = $1; run = "tr \"\\n\\001\" \"\\0\\n\" | xargs -0 touch -c -d @" $1 }
    { print substr($0, length($1) + 2) | run }
    END { if (run != "") exit close(run) }'
}
