# Where the processes of the trainer run: on this computer, or wherever SLURM's srun puts them.

# What stands before the trainer's command.
launcher=()

choose_scheduler() {
  case $scheduler in
  local | srun) ;;
  auto) if slurm_is_there; then scheduler=srun; else scheduler=local; fi ;;
  *) wrong_usage "--scheduler takes auto, srun or local, not $scheduler" ;;
  esac
  case $scheduler in
  local)
    jobs=${jobs:-1}
    if [[ -z $threads ]]; then
      threads=$(($(nproc) / jobs))
      if ((threads < 1)); then threads=1; fi
    fi
    # The trainer must not live longer than this script: the next would find it at work.
    launcher=(setpriv --pdeathsig KILL --)
    ;;
  srun)
    command -v srun >/dev/null || wrong_usage 'there is no srun here, which --scheduler srun needs'
    jobs=${jobs:-$(slurm_jobs)}
    threads=${threads:-${SLURM_CPUS_PER_TASK:-1}}
    # An srun that gets SIGTERM ends the trainer at once, to go on from its last checkpoint; SIGKILL would leave it behind.
    launcher=(setpriv --pdeathsig TERM -- srun --nodes=1 --ntasks=1 --cpus-per-task="$threads" --input=none --quiet
      --job-name="cajal-$plan")
    # Inside an allocation: runs side by side, each with its own processors.
    if [[ -n ${SLURM_JOB_ID:-} ]]; then launcher+=(--exact); fi
    ;;
  esac
}

# srun alone does not say that a cluster answers.
slurm_is_there() {
  command -v srun >/dev/null && { [[ -n ${SLURM_JOB_ID:-} ]] || timeout 10 sinfo --noheader >/dev/null 2>&1; }
}

# One for each task of the allocation, or else for each node that takes jobs.
slurm_jobs() {
  if [[ -n ${SLURM_JOB_ID:-} ]]; then
    echo "${SLURM_NTASKS:-${SLURM_JOB_NUM_NODES:-1}}"
  else
    timeout 10 sinfo --noheader --states=idle,mixed,allocated --format=%D 2>/dev/null |
      awk '{ nodes += $1 } END { print (nodes > 1 ? nodes : 1) }'
  fi
}

# A module of -march=native may not run on another node.
warn_of_processors() {
  if [[ $scheduler = srun && ! ${CFLAGS:-} =~ -march=(x86-64|native) ]]; then
    say "The models are built for this computer's processor. Where nodes have others, start again in another folder" >&2
    say "with CFLAGS='-O3 -march=x86-64-v3' Examples/experiments/run $plan" >&2
  fi
}
