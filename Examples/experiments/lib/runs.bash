# The runs of a plan: their names, folders, and how far they are.
#
# A run's folder holds, beside what cajal-train writes:
#   run.csv   what the run is; checked before anything is skipped or resumed
#   log       what cajal-train said
#   finished  the length that it was trained to: "steps 600"
#   stopped   why it cannot go on: a NaN or an infinity

runs=() # each: experiment transform model seed lr batch train_images

# Seeds first, so that what is there after a part of a sweep is of all models.
list_runs() {
  local seed rate size count experiment transform model
  for seed in ${seeds//,/ }; do
    for count in ${train_images//,/ }; do
      for size in ${batch//,/ }; do
        for rate in ${lr//,/ }; do
          rate=$(awk -v x="$rate" 'BEGIN { printf "%g", x }')
          for experiment in ${experiments//,/ }; do
            for transform in $(transforms_of "$experiment"); do
              for model in ${models//,/ }; do
                runs+=("$experiment $transform $model $seed $rate $size $count")
              done
            done
          done
        done
      done
    done
  done
  for run in "${runs[@]}"; do
    [[ -f $(source_of $run) ]] || wrong_usage "there is no model ${run%% *}/$(cut -d' ' -f3 <<<"$run"): $(source_of $run)"
  done
}

transforms_of() {
  case $1 in
  iterative | conditional) echo "${transforms//,/ }" ;;
  *) echo - ;;
  esac
}

# The functions below take the seven fields of a run.

source_of() {
  case $1 in
  iterative | conditional) echo "$here/$1/$3.cajal" ;;
  *) echo "$here/logic/$1-$3.cajal" ;;
  esac
}

task_of() {
  case $1 in
  iterative) echo "$2" ;;
  conditional) echo "$2-odd" ;;
  *) echo "$1" ;;
  esac
}

# iterative-blur, or xor
title_of() {
  if [[ $2 = - ]]; then echo "$1"; else echo "$1-$2"; fi
}

folder_of() { echo "$out/runs/$(title_of "$@")/$3/lr$5-batch$6-images$7-seed$4"; }

# The binary that every run of a model uses, so that a change to the source cannot get into the middle of a sweep.
module_of() {
  case $1 in
  iterative | conditional) echo "$out/models/$1-$3.so" ;;
  *) echo "$out/models/logic-$1-$3.so" ;;
  esac
}

text_of() { echo "$(title_of "$@") $3, seed $4, lr $5, batch $6, $7 images"; }

identity_of() {
  echo 'experiment,transform,model,seed,lr,batch,train_images,test_images,clip'
  echo "$1,$2,$3,$4,$5,$6,$7,$test_images,${clip:-none}"
}

state_of() {
  local folder
  folder=$(folder_of "$@")
  if [[ -f $folder/stopped ]]; then
    echo stopped
  elif [[ -f $folder/finished && $(<"$folder/finished") = "$length" ]]; then
    echo finished
  elif [[ -f $folder/metrics.csv ]]; then
    echo begun
  else
    echo waiting
  fi
}

print_runs() {
  local run
  for run in "${runs[@]}"; do printf '%-9s %s\n' "$(state_of $run)" "$(text_of $run)"; done
}

# A folder that holds a run with other settings is not touched.
check_identities() {
  local run folder
  for run in "${runs[@]}"; do
    folder=$(folder_of $run)
    if [[ -f $folder/run.csv && $(<"$folder/run.csv") != "$(identity_of $run)" ]]; then
      diff "$folder/run.csv" <(identity_of $run) >&2 || true
      fail "$folder holds a run with other settings; choose another folder (--out), or remove it"
    fi
  done
}
