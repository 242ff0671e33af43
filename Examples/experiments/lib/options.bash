# The command line and the plan.

fail() {
  printf 'run: %s\n' "$1" >&2
  exit "${2:-1}"
}
wrong_usage() {
  fail "$1 (run --help lists the options)" 2
}

# What a plan may set, and what an option may replace. Lists have commas.
experiments='' transforms='' models='' seeds=0 lr=0.0005 batch=64 train_images=all test_images=all
length='' eval_every=250 eval_at='' checkpoint_every=250 clip='' pieces=''
snapshots='' snapshot_images=''
tables='' figures='' early=600 trained=''
# yes: checkpoints and weights of finished runs are removed.
discard=no

data=/usr/share/datasets/fashion-mnist
scheduler=auto jobs='' threads='' hours='' retry=no out='' train=yes publish='' list=no

read_options() {
  case ${1:-} in
  -h | --help | help)
    usage
    exit
    ;;
  '' | -*) wrong_usage 'name a plan first' ;;
  esac
  local file=$1
  if [[ -f $here/plans/$1 ]]; then file=$here/plans/$1; fi
  [[ -f $file ]] || wrong_usage "there is no plan $1; there are $(cd "$here/plans" && echo *)"
  plan=$(basename "$file")
  # shellcheck disable=SC1090 # any plan
  source "$file"
  shift
  while [[ $# -gt 0 ]]; do
    case $1 in
    -h | --help) usage && exit ;;
    --retry) retry=yes ;;
    --no-train) train=no ;;
    --list) list=yes ;;
    --experiments | --transforms | --models | --seeds | --lr | --batch | --train-images | --steps | --epochs | --data | \
      --test-images | --clip | --pieces | --eval-every | --eval-at | --checkpoint-every | --snapshots | --snapshot-images | \
      --scheduler | --jobs | --threads | --hours | --out | --publish)
      [[ $# -ge 2 ]] || wrong_usage "$1 needs a value"
      set_option "$1" "$2"
      shift
      ;;
    *) wrong_usage "there is no option $1" ;;
    esac
    shift
  done
  check_options
}

set_option() {
  case $1 in
  --steps) length="steps $2" ;;
  --epochs) length="epochs $2" ;;
  *)
    local name=${1#--}
    printf -v "${name//-/_}" %s "$2"
    ;;
  esac
}

is_count() { [[ $1 =~ ^[1-9][0-9]*$ ]]; }

check_options() {
  local value
  for value in ${jobs:+jobs} ${threads:+threads} eval_every checkpoint_every early; do
    is_count "${!value}" || wrong_usage "--${value//_/-} takes a number from 1, not ${!value}"
  done
  [[ $length =~ ^(steps|epochs)\ [0-9]+$ ]] || wrong_usage '--steps or --epochs takes a number'
  [[ -z $hours || $hours =~ ^[0-9]*\.?[0-9]+$ ]] || wrong_usage "--hours takes a number, not $hours"
  for value in ${batch//,/ } ${train_images//,/ } ${test_images//,/ }; do
    is_count "$value" || [[ $value = all ]] || wrong_usage "$value is no number of images"
  done
  for value in ${lr//,/ }; do
    [[ $value =~ ^[0-9]*\.?[0-9]+(e-?[0-9]+)?$ ]] || wrong_usage "$value is no learning rate"
  done
  seeds=$(expand_ranges "$seeds")
  for value in ${experiments//,/ }; do
    case $value in
    iterative | conditional | xor | eq | and | or) ;;
    *) wrong_usage "there is no experiment $value" ;;
    esac
  done
  for value in ${transforms//,/ }; do
    [[ $value = blur || $value = dilate ]] || wrong_usage "there is no transform $value"
  done
  [[ -n $experiments && -n $models ]] || wrong_usage 'the plan names no experiments or no models'
  out=${out:-$root/build/experiments/$plan}
  choose_scheduler
}

# 0..2,7 -> 0,1,2,7
expand_ranges() {
  local item list=()
  for item in ${1//,/ }; do
    if [[ $item =~ ^([0-9]+)\.\.([0-9]+)$ ]]; then
      mapfile -t -O "${#list[@]}" list < <(seq "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}")
    elif [[ $item =~ ^[0-9]+$ ]]; then
      list+=("$item")
    else
      wrong_usage "$item is no seed"
    fi
  done
  local IFS=,
  echo "${list[*]}"
}
