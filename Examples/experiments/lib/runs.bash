# The runs of a plan: their names, folders, and how far they are.
#
# A run's folder holds, beside what cajal-train writes:
#   run.csv   what the run is; checked before anything is skipped or resumed
#   log       what cajal-train said
#   finished  the length that it was trained to: "steps 600"
#   stopped   why it cannot go on: a NaN or an infinity

runs=() # each: experiment transform model seed lr batch train_images
# Of each run, by its index: iterative-blur, or xor; the trainer's task; the .cajal file; the folder; a text for people.
titles=() tasks=() sources=() folders=() texts=()
# The binary that every run of a model uses, so that a change to the source cannot get into the middle of a sweep.
modules=()

# Seeds first, so that what is there after a part of a sweep is of all models. Nothing is forked: there may be hundreds.
list_runs() {
  local seed rate size count experiment transform model rates=()
  for rate in ${lr//,/ }; do rates+=("$(awk -v x="$rate" 'BEGIN { printf "%g", x }')"); done
  for seed in ${seeds//,/ }; do
    for count in ${train_images//,/ }; do
      for size in ${batch//,/ }; do
        for rate in "${rates[@]}"; do
          for experiment in ${experiments//,/ }; do
            case $experiment in
            iterative | conditional) transform=${transforms//,/ } ;;
            *) transform=- ;;
            esac
            for transform in $transform; do
              for model in ${models//,/ }; do
                add_run "$experiment" "$transform" "$model" "$seed" "$rate" "$size" "$count"
              done
            done
          done
        done
      done
    done
  done
}

add_run() {
  runs+=("$*")
  case $1 in
  iterative)
    titles+=("$1-$2")
    tasks+=("$2")
    sources+=("$here/$1/$3.cajal")
    modules+=("$out/models/$1-$3.so")
    ;;
  conditional)
    titles+=("$1-$2")
    tasks+=("$2-odd")
    sources+=("$here/$1/$3.cajal")
    modules+=("$out/models/$1-$3.so")
    ;;
  *)
    titles+=("$1")
    tasks+=("$1")
    sources+=("$here/logic/$1-$3.cajal")
    modules+=("$out/models/logic-$1-$3.so")
    ;;
  esac
  folders+=("$out/runs/${titles[-1]}/$3/lr$5-batch$6-images$7-seed$4")
  texts+=("${titles[-1]} $3, seed $4, lr $5, batch $6, $7 images")
  [[ -f ${sources[-1]} ]] || wrong_usage "$1 has no model $3: there is no ${sources[-1]}"
}

# What run.csv says of a run; in REPLY, as what the next one finds.
identity_of() {
  local IFS=,
  # shellcheck disable=SC2086 # fields
  set -- ${runs[$1]// /,}
  printf -v REPLY '%s\n%s' 'experiment,transform,model,seed,lr,batch,train_images,test_images,clip' \
    "$*,$test_images,${clip:-none}"
}

state_of() {
  local folder=${folders[$1]}
  if [[ -f $folder/stopped ]]; then
    REPLY=stopped
  elif [[ -f $folder/finished && $(<"$folder/finished") = "$length" ]]; then
    REPLY=finished
  elif [[ -f $folder/metrics.csv ]]; then
    REPLY=begun
  else
    REPLY=waiting
  fi
}

print_runs() {
  local i
  for i in "${!runs[@]}"; do
    state_of "$i"
    printf '%-9s %s\n' "$REPLY" "${texts[i]}"
  done
}

# A folder that holds a run with other settings is not touched.
check_identities() {
  local i
  for i in "${!runs[@]}"; do
    if [[ ! -f ${folders[i]}/run.csv ]]; then continue; fi
    identity_of "$i"
    if [[ $(<"${folders[i]}/run.csv") != "$REPLY" ]]; then
      diff "${folders[i]}/run.csv" - <<<"$REPLY" >&2 || true
      fail "${folders[i]} holds a run with other settings; choose another folder (--out), or remove it"
    fi
  done
}
