# shellcheck shell=sh
# The forms in which an artifact is stored and sent, and how each becomes the canonical tar again.
# A person or the image lays the identity; it never comes over a session, and nothing but age reads it.
identity=$hw/secrets/identity
# One that a passphrase protects is none: there is nobody to ask.
has_identity() { [ -f "$identity" ] && grep -q '^AGE-SECRET-KEY-' "$identity" 2>/dev/null; }

# has_form <form>: true when this instance can open it.
has_form() {
  case $1 in
    tar) return 0 ;;
    tar.gz) has gzip ;;
    tar.zst) has zstd ;;
    tar.gz.age | tar.zst.age) has age && has_identity && has_form "${1%.age}" ;;
    *) return 1 ;;
  esac
}

# The forms of storage that this instance can open, one a line, the one that costs it least first.
usable_forms() {
  for usable in tar.zst tar.gz tar.zst.age tar.gz.age; do
    if has_form "$usable"; then echo "$usable"; fi
  done
}

# want_form <form>: ends the verb with what is missing.
want_form() {
  ! has_form "$1" || return 0
  case $1 in
    tar.gz | tar.zst) ;;
    tar.gz.age | tar.zst.age)
      has age || fail HWS_HOST_TOOL_MISSING "there is no age on this instance"
      has_identity || fail HWS_HOST_SEALED "there is no identity on this instance: $identity is no file of age's that can be read"
      ;;
    *) fail HWS_HOST_REQUEST "the form is none of tar.gz, tar.zst, tar.gz.age, tar.zst.age, tar" ;;
  esac
  want_form=${1%.age}
  case $want_form in
    tar.zst) fail HWS_HOST_TOOL_MISSING "there is no zstd on this instance" ;;
    *) fail HWS_HOST_TOOL_MISSING "there is no gzip on this instance" ;;
  esac
}

# A sealed object from standard input to standard output. What comes out of a damaged one is not whole, and the status says so.
open_sealed() { age -d -i "$identity"; }

# open_form <form>: from standard input to the canonical tar. Both ends of the pipe must succeed.
open_form() {
  case $1 in
    *.age)
      {
        opened=$({ { open_sealed 3>&- 4>&- && echo whole >&3; } | open_form "${1%.age}" >&4 3>&- 4>&-; } 3>&1) &&
          [ "$opened" = whole ]
      } 4>&1
      ;;
    tar.gz) gzip -dc ;;
    tar.zst) zstd -dcq ;;
    *) cat ;;
  esac
}

# sealed_fault <what was said>: ends the verb when it was age that failed.
sealed_fault() {
  case $1 in
    *'no identity matched'*)
      fail HWS_HOST_SEALED "the identity of this instance does not open it: it is sealed to other recipients, or damaged"
      ;;
    *'age: error: reading "'*) fail HWS_HOST_SEALED "$identity is no identity of age" ;;
    *'age: error:'*) fail HWS_HOST_DIGEST "what is sealed is damaged" ;;
  esac
}

# take_sealed <bytes of the body> <file>: a sealed object, opened.
take_sealed() {
  want_form tar.gz.age
  try "receiving what is sealed" take_file "$1" "$2.age"
  opened=$(open_sealed <"$2.age" 2>&1 >"$2") || {
    sealed_fault "$opened"
    broken "opening what is sealed" "$opened" HWS_HOST_DIGEST
  }
}
