# shellcheck shell=sh
take_desired() {
  check_signed "$1" hawser-desired@v1
  d_version=$(header_of "$1" version) d_epoch=$(header_of "$1" epoch) d_release=$(header_of "$1" release)
  d_manifest=$(header_of "$1" manifest) d_plan=$(header_of "$1" plan)
}
