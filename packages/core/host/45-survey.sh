# shellcheck shell=sh
tool() { if has "$1"; then printf true; else printf false; fi; }
# What a tool calls itself: gnu, busybox, other, none.
maker() {
  has "$1" || {
    printf none
    return
  }
  case $("$1" --version 2>&1 </dev/null | head -n 2) in
    *GNU*) printf gnu ;;
    *[Bb]usy[Bb]ox*) printf busybox ;;
    *mawk*) printf mawk ;;
    *bsdtar*) printf bsd ;;
    *) printf other ;;
  esac
}
problem() { problems="$problems${problems:+,}{\"code\":\"$1\",\"message\":\"$(json_text "$2")\"}"; }

# Whether the mount that holds the root is read-only; unknown is no. Later mounts cover earlier ones.
mounted_read_only() {
  [ -r /proc/self/mounts ] || return 1
  awk -v "path=$near" '
    $2 == "/" || path == $2 || index(path, $2 "/") == 1 {
      if (length($2) >= best) { best = length($2); ro = $4 ~ /^ro(,|$)/ }
    }
    END { exit !ro }' /proc/self/mounts
}

verb_survey() {
  want_number body "$body_left"
  problems='' root_state=present writable=false
  survey_root
  survey_tools
  survey_users
  owner='' epoch=0 previous='' trust_found='' trusted=0
  look_current
  if [ "$root_state" = present ]; then survey_facts; fi
  free_space
  survey_held
  survey_answer
}
survey_root() {
  if ! valid_root; then
    root_state=unusable
    problem HWS_HOST_REQUEST "the root is not an absolute path of letters, digits, dots, dashes and slashes: $root"
    return
  fi
  if linked_part; then
    root_state=unusable
    problem HWS_HOST_LAYOUT "$part is a symbolic link"
  elif [ ! -e "$root" ]; then
    root_state=absent
  elif [ ! -d "$root" ]; then
    root_state=unusable
    problem HWS_HOST_LAYOUT "$root is not a directory"
  fi
  nearest
  if [ -w "$near" ] && { [ ! -d "$hw" ] || [ -w "$hw" ]; }; then writable=true; fi
  if [ "$writable" = false ] && [ "$root_state" != unusable ]; then
    if mounted_read_only; then
      problem HWS_HOST_READ_ONLY "the file system of $root is read-only"
    elif [ "$root_state" = absent ]; then
      problem HWS_HOST_PERMISSION "$root cannot be made: $near is not writable"
    else
      problem HWS_HOST_PERMISSION "$root is not writable for $(id -un 2>/dev/null || id -u)"
    fi
  fi
  if [ -e "$root/current" ] && [ ! -L "$root/current" ]; then
    problem HWS_HOST_LAYOUT "$root/current is not a symbolic link"
  fi
}
survey_tools() {
  for survey_tool in awk sed find xargs tar gzip dd sort; do
    has "$survey_tool" || problem HWS_HOST_TOOL_MISSING "there is no $survey_tool on this instance"
  done
  [ "$sha" != none ] || problem HWS_HOST_TOOL_MISSING "there is no sha256 tool on this instance"
}
survey_facts() {
  if first_line "$hw/owner"; then
    owner=$first
    [ -z "$h_application" ] || [ "$owner" = "$h_application ${h_environment:--}" ] ||
      problem HWS_HOST_OWNER "$root belongs to '$owner'"
  fi
  if first_line "$hw/epoch" && is_number "$first"; then epoch=$first; fi
  if first_line "$hw/previous"; then previous=$first; fi
  if first_line "$hw/trusted" && is_number "${first%% *}"; then trusted=${first%% *}; fi
  if trust_kept; then trust_name; fi
}
# A line for each complete release: id, state, artifact, manifest, time of the state.
survey_held() {
  survey_lines=''
  [ -d "$root/releases" ] || return 0
  set +f
  for held in "$root"/releases/*; do
    held=${held##*/}
    is_id "$held" && state_of "$held" && [ -f "$hw/releases/$held/record" ] || continue
    record_of "$hw/releases/$held/record"
    survey_lines="$survey_lines$held $state ${r_artifact:--} ${r_manifest:--}
"
  done
  [ -z "$survey_lines" ] || survey_lines=$(stat -c '%n %Y' "$hw"/releases/*/state 2>/dev/null |
    awk -v "lines=$survey_lines" '
      BEGIN { count = split(lines, line, "\n") }
      { n = split($1, part, "/"); at[part[n - 1]] = $2 }
      END { for (i = 1; i <= count; i++) if (line[i] != "") { split(line[i], f, " "); print line[i], at[f[1]] + 0 } }')
  set -f
}
survey_answer() {
  if [ -n "$survey_lines" ]; then
    printf 'data %s\n%s\n' "$((${#survey_lines} + 1))" "$survey_lines"
  fi
  case $current_kind in
    release) survey_current="\"kind\":\"release\",\"release\":\"$current_at\"" ;;
    foreign) survey_current="\"kind\":\"foreign\",\"target\":\"$(json_text "$current_at")\"" ;;
    *) survey_current="\"kind\":\"$current_kind\"" ;;
  esac
  answer "{\"ok\":true,\"rootState\":\"$root_state\",\"writable\":$writable,\"owner\":$(json_or_null "$owner"),\
\"current\":{$survey_current},\"previous\":$(json_or_null "$previous"),\"epoch\":$epoch,\"trust\":$(json_or_null "$trust_found"),\"trusted\":$trusted,\"clock\":$(date +%s),\
\"user\":\"$(json_text "$(id -un 2>/dev/null || id -u)")\",\"bootId\":\"$(json_text "$boot")\",\
\"freeBytes\":$free_bytes,\"freeInodes\":$free_inodes,\
\"tools\":{\"awk\":\"$(maker awk)\",\"tar\":\"$(maker tar)\",\"sha256\":\"$sha\",\
\"gzip\":$(tool gzip),\"zstd\":$(tool zstd),\"curl\":$(tool curl),\"wget\":$(tool wget),\"flock\":$(tool flock),\"age\":$(tool age),\
\"find\":\"$walk_form\",\"signatures\":$(signature_keys),\"setsid\":$(tool setsid),\"timeout\":$(tool timeout),\"sync\":$(tool sync)},\"identity\":$(if has_identity; then printf true; else printf false; fi),\
\"users\":\"$survey_answers\",\"programs\":{\"sh\":\"$(json_text "$(program_path sh /bin/sh)")\",\"chown\":\"$(json_text "$(program_path chown /bin/chown)")\"},\"problems\":[$problems]}"
}
