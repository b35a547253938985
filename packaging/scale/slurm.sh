#!/bin/bash
# Many modules on a cluster, as an array of Slurm jobs. All nodes see the same folders. Submit it with
#   find /data/modules -name '*.wasm' | sort >/data/list
#   FROM=/data/modules LIST=/data/list TO=/data/shrunk sbatch --array=0-63 packaging/scale/slurm.sh
# The cache makes a part that was requeued skip what is done.
#SBATCH --job-name=wring
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=04:00:00
#SBATCH --requeue
set -euo pipefail
: "${FROM:?} ${LIST:?} ${TO:?}"
part=$((SLURM_ARRAY_TASK_ID - SLURM_ARRAY_TASK_MIN))
exec wring -q -Oz -j "${SLURM_CPUS_PER_TASK:-1}" --out-dir="$TO" --root="$FROM" --files-from="$LIST" \
    --part="$part/$SLURM_ARRAY_TASK_COUNT" --cache="${CACHE:-$TO.cache}" --cache-size="${CACHE_SIZE:-100G}"
