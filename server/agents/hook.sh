#!/bin/sh
# Called by a coding agent as: hook.sh KIND EVENT [ignored ...], with the event on stdin.
# Leaves it as one file in the spool beside this script and ends; whoever reads the spool need not
# be there. The agent waits for us, so: no loop, no network, and exit 0 whatever happens, because a
# hook that fails may deny the agent its tool. Standard output stays empty but for what the agent
# demands; it never holds a decision.
umask 077
exec 2>/dev/null
case $0 in */*) spool=${0%/*}/spool ;; *) spool=spool ;; esac
kind=$1 event=$2

# Codex calls a Stop hook without a JSON answer a failed one.
case $kind:$event in
codex:Stop | codex:SubagentStop) echo '{"continue":true}' ;;
esac
# Whoever waits for the end of our output need not wait for the rest.
exec 1>&-

name=$(date +%s%N).$PPID.$$
part=$spool/tmp/$name

# Nobody reads: keep the newest that fit. The names begin with the time, so the first are the oldest.
full() {
  read -r reader <"$spool/reader" && kill -0 "$reader" && return 1
  set -- "$spool"/new/*
  [ $# -ge 2000 ] && rm -f -- "$1"
}
full

# A large event is cut (512 blocks of 512 bytes): its reader still learns that it happened. The rest
# is read away, so that the agent never writes into a closed pipe. No `head`: each process that we
# start costs the agent a millisecond.
ulimit -c 0
ulimit -f 512
{
  printf 'dogwatch-hook 1\n%s\n%s\n%s\n%s\n%s\n\n' \
    "$kind" "$event" "$TMUX_PANE" "$TMUX" "$PPID"
  cat || cat >/dev/null
} >"$part" && mv -- "$part" "$spool/new/$name" || cat >/dev/null
exec 0<&-
exit 0
