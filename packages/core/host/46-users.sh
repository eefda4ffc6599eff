# shellcheck shell=sh
# survey_users: a line of the body is `user <name>`, or `shared` or `writable`, an owner and a path. Into `survey_answers`, a
# word for each line: whether this session may do so. Nothing is changed to learn it.
survey_users() {
  survey_answers=''
  survey_length=$body_left
  spend "$survey_length"
  survey_asked=$(take "$survey_length" 2>/dev/null)
  while read -r asked_what asked_user asked_path; do
    [ -n "$asked_what" ] || continue
    case $asked_user in '' | -* | *[!A-Za-z0-9._-]*) fail HWS_HOST_REQUEST "the user is not a name" ;; esac
    case $asked_what in
      user) answer_user ;;
      shared | writable)
        plain_name "$asked_path" || fail HWS_HOST_REQUEST "a path leaves the release: $asked_path"
        answer_owner
        ;;
      *) fail HWS_HOST_REQUEST "a line is none of user, shared, writable" ;;
    esac
    survey_answers="$survey_answers${survey_answers:+ }$asked_may"
  done <<EOF
$survey_asked
EOF
}
answer_user() {
  command_user=$asked_user asked_may=yes
  if ! id -u "$asked_user" >/dev/null 2>&1; then
    asked_may=absent
  elif [ "$asked_user" = "$(id -un)" ]; then
    :
  elif [ "$(id -u)" = 0 ]; then
    can_become || asked_may=tool
  elif ! has sudo; then
    asked_may=tool
  else
    may_become || asked_may=no
  fi
}
# A shared path that is there stays as it is.
answer_owner() {
  asked_may=yes
  if ! id -u "$asked_user" >/dev/null 2>&1; then
    asked_may=absent
  elif [ "$asked_user" = "$(id -un)" ] || [ "$(id -u)" = 0 ]; then
    :
  elif [ "$asked_what" = shared ] && [ -e "$root/shared/$plain_name" ]; then
    :
  elif ! has sudo; then
    asked_may=tool
  elif [ "$asked_what" = shared ]; then
    may_own "$root/shared/$plain_name" || asked_may=no
  else
    may_own "$root/releases/000000/$plain_name" || asked_may=no
  fi
}
may_become() { sudo -n -u "$command_user" -- sh -c : >/dev/null 2>&1 </dev/null; }
# Asks for the rule alone.
may_own() { sudo -n -l -- chown -hR "$asked_user" "$1" >/dev/null 2>&1 </dev/null; }

# program_path <name> <otherwise>: a shell may know it without a file.
program_path() {
  program_at=$(command -v "$1")
  case $program_at in /*) printf %s "$program_at" ;; *) printf %s "$2" ;; esac
}
