# shellcheck shell=sh
# The inside of a JSON string made of any bytes: control characters escaped, the rest as it is.
json_text() {
  case $1 in
    *[!A-Za-z0-9\ ._/:,\;=+@%\(\)-]*) ;;
    *)
      printf %s "$1"
      return
      ;;
  esac
  printf '%s\n' "$1" | awk '
    BEGIN { for (i = 1; i < 32; i++) code[sprintf("%c", i)] = sprintf("\\u%04x", i); code["\""] = "\\\""; code["\\"] = "\\\\" }
    { text = text (NR > 1 ? "\n" : "") $0 }
    END {
      for (i = 1; i <= length(text) && i <= 3000; i++) {
        c = substr(text, i, 1)
        printf "%s", (c in code) ? code[c] : c
      }
    }'
}

# json_or_null <text>
json_or_null() {
  if [ -n "$1" ]; then printf '"%s"' "$(json_text "$1")"; else printf null; fi
}

# Percent-encoded to bytes; a NUL cannot be told by a shell and is refused.
decoded() {
  case $1 in
    *%00*) return 1 ;;
    *%*) printf %b "$(printf '%s\n' "$1" | awk "$octal"'{ printf "%s", octal($0) }')" ;;
    *) printf %s "$1" ;;
  esac
}
# Percent-encoded to what printf %b reads.
octal='
  BEGIN { for (i = 0; i < 256; i++) code[sprintf("%02X", i)] = sprintf("\\0%03o", i) }
  function octal(text,   out, i) {
    gsub(/\\/, "\\0134", text)
    while ((i = index(text, "%")) > 0) {
      out = out substr(text, 1, i - 1) code[toupper(substr(text, i + 1, 2))]
      text = substr(text, i + 3)
    }
    return out text
  }'
