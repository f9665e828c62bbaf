#!/usr/bin/env bash
# Whether the filter of a unit allows the calls that a program made: calls.sh UNIT TRACE, where TRACE is what
# `strace -f -o TRACE` wrote. From the start of the program that the unit names; says which are not allowed.
set -euo pipefail
unit=$1 trace=$2
program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")
systemd-analyze syscall-filter --no-pager 2>/dev/null |
    awk -v unit="$unit" -v trace="$trace" -v program="$program" '
    /^@/ { set = $1; next }
    /^ +[@a-z]/ { members[set] = members[set] " " $1 }
    function put(name, is_in,    each, count, at) {
        if (name !~ /^@/) { allowed[name] = is_in; return }
        count = split(members[name], each, " ")
        for (at = 1; at <= count; at++) put(each[at], is_in)
    }
    END {
        while ((getline line < unit) > 0) {
            if (line !~ /^SystemCallFilter=/) continue
            sub(/^SystemCallFilter=/, "", line)
            is_in = line !~ /^~/
            sub(/^~/, "", line)
            count = split(line, names, " ")
            for (at = 1; at <= count; at++) put(names[at], is_in)
        }
        while ((getline line < trace) > 0) {
            if (index(line, "execve(\"" program "\"")) has_begun = 1
            if (!has_begun || !match(line, /^[0-9]+ +[a-z_0-9]+\(/)) continue
            call = substr(line, RSTART, RLENGTH - 1)
            sub(/^[0-9]+ +/, "", call)
            if (!(call in made)) calls++
            made[call] = 1
        }
        if (!calls) { print "no call of " program " in " trace; exit 1 }
        for (call in made) if (!allowed[call]) { print "not allowed: " call; failed = 1 }
        if (!failed) print calls " calls, all of them allowed"
        exit failed
    }'
