# The trainer and the models, by make.

trainer=${CAJAL_TRAIN:-$root/bin/cajal-train}

make_or_fail() {
  ${MAKE:-make} -C "$root" EXPERIMENTS=1 --no-print-directory -j "$(nproc)" "$@" >"$out/make.log" 2>&1 || {
    tail -n 30 "$out/make.log" >&2
    fail "make failed; all that it said is in $out/make.log"
  }
}

# For the runs with these indices.
build_what_is_needed() {
  local i module targets=() wanted=()
  local -A seen=()
  for i in "$@"; do
    module=${modules[i]}
    if [[ -n ${seen[$module]:-} ]]; then continue; fi
    seen[$module]=yes
    if [[ -f $module ]]; then
      cmp -s "${module%.so}.cajal" "${sources[i]}" ||
        fail "${sources[i]} is not what the runs in $out began with; choose another folder (--out)"
    else
      targets+=("${sources[i]%.cajal}.so")
      wanted+=("$module")
    fi
  done
  if [[ -z ${CAJAL_TRAIN:-} ]]; then targets+=(bin/cajal-train); fi
  if [[ ${#targets[@]} -gt 0 ]]; then make_or_fail "${targets[@]#"$root"/}"; fi
  for i in "${!wanted[@]}"; do
    module=${wanted[i]}
    cp "${targets[i]%.so}.cajal" "${module%.so}.cajal"
    cp "${targets[i]}" "$module.new"
    mv "$module.new" "$module"
  done
}
