# shellcheck shell=sh
# The install plan as lines: what stands before the first command, and a file for each command that this machine runs.
split_plan='
  function refuse(why) { print why; bad = 1; exit 3 }
  BEGIN { split(roles, r, " "); for (i in r) own[r[i]] = 1; }
  NR == 1 {
    if ($1 != "hawser-plan:" || $2 !~ /^[1-9][0-9]?$/) refuse("is no install plan")
    if ($2 > 1) refuse("is of a newer Hawser: make the boot script again with it")
    next
  }
  $0 !~ /^[a-z][a-z-]*: / { refuse("has a line that is none") }
  $1 == "command:" {
    end_command()
    if ($2 !~ /^[a-z-]+$/ || $3 !~ /^[A-Za-z0-9][A-Za-z0-9._-]*$/ || length($3) > 64) refuse("has a command without phase and name")
    phase = $2; name = $3; lines = ""; wanted = 1; asked = 0; any = 0
    next
  }
  phase == "" { print > (out "/head." substr($1, 1, length($1) - 1)); next }
  $1 == "role:" { asked = 1; if (substr($0, 7) in own) any = 1; next }
  { lines = lines $0 "\n" }
  function end_command() {
    if ((phase == "install" || phase == "activate") && (!asked || any)) {
      file = sprintf("%s/%s.%04d", out, phase, ++count)
      printf "name: %s\n%s", name, lines > file
      close(file)
      print file > (out "/" phase)
    }
  }
  END { if (!bad) end_command() }'

# read_plan <file>: into the folder $p_plan. One that cannot be read ends it.
read_plan() {
  p_plan=$p_work/plan
  rm -rf "$p_plan"
  mkdir "$p_plan" || leave 2 "no folder can be made in $p_work"
  plan_fault=$(awk -v "out=$p_plan" -v "roles=$p_roles" "$split_plan" "$1") || leave 2 "the install plan ${plan_fault:-cannot be read}"
  head_value user
  plan_user=$value
  : >"$p_plan/paths"
  for plan_key in shared writable generated; do
    [ ! -f "$p_plan/head.$plan_key" ] || head_lines "$plan_key" | coded_words "$plan_key" >>"$p_plan/paths"
  done
  # Of a value and a path, which may hold spaces.
  for plan_key in path-owner path-group path-mode path-adopt; do
    head_lines "$plan_key" | awk -v "what=$plan_key" '{ i = index($0, " "); path = substr($0, i + 1); gsub(/ /, "%20", path); print what, substr($0, 1, i - 1), path }' >>"$p_plan/paths"
  done
}
# The values of one key before the first command, percent-encoded as they stand there.
head_lines() { [ ! -f "$p_plan/head.$1" ] || cut -d ' ' -f 2- "$p_plan/head.$1"; }
# The last of them, into `value`.
head_value() {
  value=''
  [ -f "$p_plan/head.$1" ] || return 0
  while IFS= read -r value_line; do value=${value_line#*: }; done <"$p_plan/head.$1"
}
coded_words() { awk -v "what=$1" '{ gsub(/ /, "%20"); print what " " $0 }'; }
# True when the plan does anything in the release's directory before it is active.
plan_installs() { [ -s "$p_plan/paths" ] || [ -s "$p_plan/install" ]; }

# What commands may read, weakest first: the plan's, the command's own, secrets, and facts of this run.
plan_env() {
  head_lines env
  plan_facts
}
plan_facts() {
  cat "$p_plan/secrets"
  printf 'HAWSER_APPLICATION=%s\nHAWSER_ENVIRONMENT=%s\nHAWSER_INSTANCE=%s\nHAWSER_RELEASE=%s\nHAWSER_REVISION=%s\nHAWSER_ROLE=%s\nHAWSER_ROOT=%s\nHAWSER_RUN=%s\n' \
    "$p_application" "$p_environment" "$p_instance" "$d_release" "$p_revision" "$p_roles" "$root" provision
}

# run_phase <phase> <directory>: in their order; the first that fails ends it.
run_phase() {
  [ -s "$p_plan/$1" ] || return 0
  while IFS= read -r phase_file; do
    run_planned "$1" "$2" "$phase_file"
  done <"$p_plan/$1"
}
# run_planned <phase> <directory> <file of the command>
run_planned() {
  run_name='' run_script='' run_limit='' run_user=$plan_user run_sub='' run_may_fail=''
  head_lines env >"$p_work/env"
  while IFS= read -r run_line; do
    case $run_line in
      name:\ *) run_name=${run_line#*: } ;;
      run:\ *) run_script=${run_line#*: } ;;
      timeout-ms:\ *) run_limit=${run_line#*: } ;;
      user:\ *) run_user=${run_line#*: } ;;
      directory:\ *) run_sub=/${run_line#*: } ;;
      'may-fail: yes') run_may_fail=yes ;;
      env:\ *) printf '%s\n' "${run_line#*: }" >>"$p_work/env" ;;
    esac
  done <"$3"
  decoded "$run_script" >"$p_work/script" || leave 2 "the command $run_name holds a NUL"
  run_script_file "$1" "$2$run_sub"
}
# run_script_file <phase> <directory>: the script and the environment that lie ready, as `run_name`.
run_script_file() {
  plan_facts >>"$p_work/env"
  tell "$1: $run_name"
  env_length=$(($(wc -c <"$p_work/env"))) script_length=$(($(wc -c <"$p_work/script")))
  ask command "epoch: $d_epoch
key: provision.$1.$d_release.$run_name
name: $run_name
timeout-ms: $run_limit
directory: $2
output-limit: 1048576
user: $run_user
env: $env_length
script: $script_length" $((env_length + script_length)) "$p_work/env" "$p_work/script" || {
    case $reply_code in
      HWS_HOST_COMMAND_LOST | HWS_HOST_PERMISSION | HWS_HOST_REQUEST | HWS_HOST_STATE | HWS_HOST_TOOL_MISSING)
        failing_is_told "$1 $run_name: $reply_message" && return
        ;;
    esac
    refused "$1 $run_name"
  }
  rm -f "$p_work/env"
  reply_word exit
  [ "$word" != 0 ] || return 0
  run_why="ended with $word"
  reply_word timedOut
  [ "$word" != true ] || run_why="did not end within $run_limit ms"
  failing_is_told "$1 $run_name $run_why" && return
  leave 1 "$1 $run_name $run_why"
}
# What may fail is told, and what comes after it goes on.
failing_is_told() {
  [ "$run_may_fail" = yes ] || return 1
  tell "warning: $1"
}

# The plan's check, as a deployer asks for it.
run_check() {
  head_value check-timeout-ms
  check_limit=$value
  [ -n "$check_limit" ] || return 0
  head_value check-user
  check_as=${value:-$plan_user}
  head_lines check-header | awk '{ print "header " $0 }' >"$p_work/check"
  head_value check-command
  check_run=$value
  if [ -n "$check_run" ]; then
    plan_env | awk '{ print "env " $0 }' >>"$p_work/check"
    check_lines="command: $check_run
directory: current"
  else
    head_value check-http
    check_lines="http: $value"
  fi
  for check_key in status body stable-ms; do
    head_value "check-$check_key"
    case $check_key in body) check_key=body-text ;; esac
    check_lines="$check_lines
$check_key: $value"
  done
  head_value check-release
  [ "$value" != yes ] || check_lines="$check_lines
release: $d_release"
  tell "checking"
  ask check "$check_lines
user: $check_as
timeout-ms: $check_limit
interval-ms: 1000" "$(($(wc -c <"$p_work/check")))" "$p_work/check" || refused "the health check"
  rm -f "$p_work/check"
  reply_word healthy
  [ "$word" = true ] || leave 1 "the health check failed: $(json_word detail)"
}
json_word() { printf '%s\n' "${reply#*\""$1"\":\"}" | sed 's/"}$//'; }
