# Trained models as shared objects with their weights inside: of each model that the plan names in trained, the first
# seed of the first configuration.

build_trained() {
  local i name model targets=()
  local -A seen=()
  for i in "${!runs[@]}"; do
    read -r _ _ model _ <<<"${runs[i]}"
    name=${titles[i]}-$model
    if [[ ",$trained," != *",$model,"* || -n ${seen[$name]:-} || ! -f ${folders[i]}/model.safetensors ]]; then
      continue
    fi
    seen[$name]=yes
    mkdir -p "$out/trained"
    copy_if_changed "${modules[i]%.so}.cajal" "$out/trained/$name.cajal"
    copy_if_changed "${folders[i]}/model.safetensors" "$out/trained/$name.safetensors"
    targets+=("$out/trained/$name.so")
  done
  if [[ ${#targets[@]} = 0 ]]; then return; fi
  make_or_fail "${targets[@]}"
  printf '%s\n' "${targets[@]}"
}

copy_if_changed() { cmp -s "$1" "$2" || cp "$1" "$2"; }
