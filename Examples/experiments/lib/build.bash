# The trainer and the models, by make.

trainer=${CAJAL_TRAIN:-$root/bin/cajal-train}

make_or_fail() {
  ${MAKE:-make} -C "$root" --no-print-directory -j "$(nproc)" "$@" >"$out/make.log" 2>&1 || {
    tail -n 30 "$out/make.log" >&2
    fail "make failed; all that it said is in $out/make.log"
  }
}

build_what_is_needed() {
  local run module source targets=() wanted=()
  local -A seen=()
  for run in "${runs[@]}"; do
    case $(state_of $run) in
    finished) continue ;;
    stopped) if [[ $retry = no ]]; then continue; fi ;;
    esac
    module=$(module_of $run) source=$(source_of $run)
    if [[ -n ${seen[$module]:-} ]]; then continue; fi
    seen[$module]=yes
    if [[ -f $module ]]; then
      cmp -s "${module%.so}.cajal" "$source" ||
        fail "$source is not what the runs in $out began with; choose another folder (--out)"
    else
      targets+=("${source%.cajal}.so")
      wanted+=("$module")
    fi
  done
  if [[ ${#seen[@]} = 0 ]]; then return; fi
  if [[ -z ${CAJAL_TRAIN:-} ]]; then targets+=(bin/cajal-train); fi
  if [[ ${#targets[@]} -gt 0 ]]; then make_or_fail "${targets[@]#"$root"/}"; fi
  local index
  for index in "${!wanted[@]}"; do
    module=${wanted[index]}
    source=${targets[index]%.so}
    cp "$source.cajal" "${module%.so}.cajal"
    cp "$source.so" "$module.new"
    mv "$module.new" "$module"
  done
}
