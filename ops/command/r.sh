# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# R: the system's packages, and the runtime 'r', which is the package of satellites/r compiled for them.
#
# R comes from the system's package manager. Arrow's C library is not among its packages, so nanoarrow is fetched from the package
# index that pip is set up to use, as the source archive of its Python package, by version and hash; nothing of it is in this tree.

readonly R_PACKAGES=(r-base-core r-base-dev r-cran-bit64 r-cran-data.table r-cran-tibble r-cran-testthat r-cran-xml2)
readonly NANOARROW_VERSION=0.9.0
readonly NANOARROW_SHA256=1ce15bbed8532839347faa78824c5dbd3769bff60661003e34c6fba5dd881bd3

# ensure_r: R can be run and has the packages that its satellite, the demo and the tests use.
ensure_r() {
  if command -v dpkg-query >/dev/null; then
    local package missing=()
    for package in "${R_PACKAGES[@]}"; do
      is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
  elif ! has_r; then
    die "R 4.1 or newer with bit64, data.table, tibble and testthat is needed; install it with this system's package manager"
  fi
  choose_r
}

has_r() {
  command -v R >/dev/null && R --vanilla --no-echo \
    -e 'for (name in c("bit64", "data.table", "tibble", "testthat")) loadNamespace(name)' >/dev/null 2>&1
}

# choose_r: R_PROGRAM is an R that worker accounts can run.
choose_r() {
  R_PROGRAM=${LAUNCHPAD_R:-$(command -v R || true)}
  [ -x "$R_PROGRAM" ] || die "R is not there; set LAUNCHPAD_R to its program"
  ! is_root || others_can_traverse "$R_PROGRAM" || die "$R_PROGRAM cannot be read by worker accounts"
}

# For commands that can do without R: nothing is installed for them.
ensure_r_runtime_if_there() {
  ! has_r || ensure_r_runtime
}

# ensure_r_runtime: the runtime 'r': library/launchpad, and bin/R, which leads to the interpreter.
ensure_r_runtime() {
  ensure_r
  local target=$STATE/runtimes/r source=$ROOT/satellites/r key
  key=$(r_made_from "$source")
  is_recorded "$target" "$key" && return
  ensure_nanoarrow
  say "Building R runtime 'r' (data.table, tibble, bit64 from the system)"
  rm -rf "$target.new"
  mkdir -p "$target.new/bin" "$target.new/library" "$target.new/source"
  cp -r "$source/." "$target.new/source/"
  rm -rf "$target.new/source/src/nanoarrow"
  find "$target.new/source/src" -name '*.o' -delete -o -name '*.so' -delete
  cp -r "$STATE/nanoarrow/bundle" "$target.new/source/src/nanoarrow"
  "$R_PROGRAM" --vanilla CMD INSTALL --no-docs --library="$target.new/library" "$target.new/source" \
    >"$STATE/r-install.log" 2>&1 || die "the R package could not be built; see $STATE/r-install.log"
  rm -rf "$target.new/source"
  ln -s "$R_PROGRAM" "$target.new/bin/R"
  record_files "$target.new" || die "the files of the R runtime could not be recorded"
  printf '%s\n' "$key" >"$target.new/.key"
  replace_folder "$target.new" "$target"
}

r_made_from() {
  {
    (cd "$1" && find DESCRIPTION NAMESPACE R inst man src -path src/nanoarrow -prune -o -type f ! -name '*.o' ! -name '*.so' -print0 |
      sort -z | xargs -0 cat)
    printf '%s\n' "$NANOARROW_SHA256"
    readlink -f "$R_PROGRAM"
    "$R_PROGRAM" --version
  } | key_of
}

# ensure_nanoarrow: STATE/nanoarrow/bundle has include/ and src/, their symbols renamed to be this package's own.
ensure_nanoarrow() {
  local target=$STATE/nanoarrow archive=nanoarrow-$NANOARROW_VERSION.tar.gz
  is_current "$target" "$NANOARROW_SHA256" && return
  ensure_bootstrap
  say "Fetching nanoarrow $NANOARROW_VERSION (Arrow in C)"
  rm -rf "$target.new"
  mkdir -p "$target.new/tree"
  SSL_CERT_FILE=${SSL_CERT_FILE:-$(pip_setting cert)} "$STATE/bootstrap/bin/python" "$ROOT/ops/command/fetch_source.py" \
    --index "$(pip_setting index-url)" --project nanoarrow --file "$archive" --sha256 "$NANOARROW_SHA256" \
    --into "$target.new/$archive" || die "nanoarrow could not be fetched; the reason stands above"
  tar -xzf "$target.new/$archive" -C "$target.new/tree" --strip-components 1
  bundle_nanoarrow "$target.new/tree/subprojects" "$target.new/bundle"
  rm -rf "$target.new/tree" "$target.new/$archive"
  printf '%s\n' "$NANOARROW_SHA256" >"$target.new/.key"
  replace_folder "$target.new" "$target"
}

bundle_nanoarrow() {
  local subprojects=$1 bundle=$2 flatcc
  flatcc=$(cd "$subprojects" && echo flatcc-*/)
  mkdir -p "$subprojects/arrow-nanoarrow/thirdparty"
  ln -s "../../$flatcc" "$subprojects/arrow-nanoarrow/thirdparty/flatcc"
  (cd "$subprojects/arrow-nanoarrow" && "$PYTHON" ci/scripts/bundle.py --output-dir "$bundle" \
    --symbol-namespace LaunchpadR --with-ipc --with-flatcc >/dev/null)
  rm -f "$bundle"/include/nanoarrow/*.hpp
}
