# Trained models as shared objects with their weights inside: of each model that the plan names in trained, the first
# seed of the first configuration.

build_trained() {
  local run name folder targets=()
  local -A seen=()
  for run in "${runs[@]}"; do
    set -- $run
    name=$(title_of $run)-$3
    case ",${trained:-}," in *",$3,"*) ;; *) continue ;; esac
    if [[ -n ${seen[$name]:-} ]]; then continue; fi
    seen[$name]=yes
    folder=$(folder_of $run)
    if [[ ! -f $folder/model.safetensors ]]; then continue; fi
    mkdir -p "$out/trained"
    copy_if_changed "$(module_of $run | sed 's/so$/cajal/')" "$out/trained/$name.cajal"
    copy_if_changed "$folder/model.safetensors" "$out/trained/$name.safetensors"
    targets+=("$out/trained/$name.so")
  done
  if [[ ${#targets[@]} = 0 ]]; then return; fi
  make_or_fail "${targets[@]}"
  printf '%s\n' "${targets[@]}"
}

copy_if_changed() { cmp -s "$1" "$2" || cp "$1" "$2"; }
