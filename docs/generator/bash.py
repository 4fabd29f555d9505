"""Completion for bash: `_git_prov`, which git's own completion calls, and the same for `git-prov`."""

from collections.abc import Iterable

from generator.commands import Command, Program
from generator.prose import NOTICE


def script(program: Program) -> str:
    """Return the text of the completion file that bash loads for `git-prov`."""
    every = program.every
    return (
        _TEMPLATE.replace("@NOTICE@", NOTICE)
        .replace("@CASES@\n", "".join(_case(command) for command in every))
        .replace("@CHOICES@\n", "".join(line for command in every for line in _choices(command)))
    )


def _case(command: Command) -> str:
    valued = [name for option in command.options if option.metavar for name in option.names]
    offered = [f"{name}=" if option.metavar else name for option in command.options for name in option.long]
    lines = [f'"{command.verb}")', f'\toptions="{" ".join(offered)}"']
    if valued:
        lines.append(f'\tvalued="{" ".join(valued)}"')
    if command.verbs:
        lines.append(f'\tverbs="{" ".join(command.verbs)}"')
    if command.wraps_command:
        lines.append("\twraps=1")
    return "".join(f"\t{line}\n" for line in (*lines, "\t;;"))


def _choices(command: Command) -> Iterable[str]:
    for option in command.options:
        if option.choices:
            names = " | ".join(f'"{command.verb} {name}"' for name in option.names)
            yield f'\t{names}) choices="{" ".join(option.choices)}" ;;\n'
    if command.choices:
        yield f'\t"{command.verb} ") choices="{" ".join(command.choices)}" ;;\n'


_TEMPLATE = """\
# shellcheck shell=bash
# @NOTICE@
# Completion of `git prov` (git's own completion calls `_git_prov`) and of `git-prov`. It starts no program:
# all that can be completed stands here.

# For the verb $1 ("" before there is one, "data add" for a verb of a verb), sets `options`, as they are offered
# (= at the end: wants a value), `valued`, those that may have their value in the next word, `verbs`, those that may
# follow, and `wraps`, when the verb runs a command.
__git_prov_verb ()
{
	options="" valued="" verbs="" wraps=""
	case "$1" in
@CASES@
	esac
}

# Sets `choices`, the values that the option $2 of the verb $1, or where $2 is "" its argument, can have.
__git_prov_choices ()
{
	choices=""
	case "$1 $2" in
@CHOICES@
	esac
}

# Offers those of the words $1 that begin with $2, behind $3, which readline would replace with them.
__git_prov_offer ()
{
	local word
	for word in $1; do
		case "$word" in
		"$2"*=) COMPREPLY+=("${3-}$word") ;;
		"$2"*) COMPREPLY+=("${3-}$word ") ;;
		esac
	done
}

# Completes the words after words[$1]. Where nothing is offered, bash completes the names of files.
__git_prov_complete ()
{
	local options valued verbs wraps choices kept="" verb="" i=$(($1 + 1)) IFS=$' \\t\\n'
	COMPREPLY=()
	__git_prov_verb ""
	while [ "$i" -lt "$cword" ]; do
		case "${words[i]}" in
		--)
			if [ -n "$wraps" ] && [ "$i" -eq $((cword - 1)) ]; then
				__git_prov_offer "$(compgen -c -- "$cur")" "$cur"
			fi
			return
			;;
		-*)
			case " $valued " in
			*" ${words[i]} "*) i=$((i + 1)) ;;
			esac
			;;
		*)
			if [ -n "$verbs" ]; then
				verb="${verb:+$verb }${words[i]}"
				__git_prov_verb "$verb"
			elif [ -n "$wraps" ]; then
				return
			fi
			;;
		esac
		i=$((i + 1))
	done
	case "$cur" in
	--*=*)
		case "$COMP_WORDBREAKS" in
		*=*) ;;
		*) kept="${cur%%=*}=" ;;
		esac
		__git_prov_choices "$verb" "${cur%%=*}"
		__git_prov_offer "$choices" "${cur#*=}" "$kept"
		return
		;;
	esac
	# the loop steps over the value of an option, so it ends beyond a value that is being typed
	if [ "$i" -gt "$cword" ]; then
		__git_prov_choices "$verb" "$prev"
		__git_prov_offer "$choices" "$cur"
		return
	fi
	case "$cur" in
	-*) __git_prov_offer "$options" "$cur" ;;
	*)
		if [ -n "$verbs" ]; then
			__git_prov_offer "$verbs" "$cur"
		else
			__git_prov_choices "$verb" ""
			__git_prov_offer "$choices" "$cur"
		fi
		;;
	esac
}

# What git's completion calls for `git prov`, with its own `words`, `cword`, `cur` and `prev`.
_git_prov ()
{
	local at="${__git_cmd_idx-}"
	if [ -z "$at" ]; then # a git older than 2.30 does not say where its command stands
		at=1
		while [ "$at" -lt "$cword" ] && [ "${words[at]}" != prov ]; do
			at=$((at + 1))
		done
	fi
	__git_prov_complete "$at"
}

# What bash calls for `git-prov`. Readline splits words at =, where an option and its value belong together.
__git_prov_program ()
{
	local words=() cword=0 cur prev i last
	for ((i = 0; i <= COMP_CWORD; i++)); do
		last=$((${#words[@]} - 1))
		if [ "$i" -gt 1 ] && { [ "${COMP_WORDS[i]}" = "=" ] || [[ "${words[last]}" == --*= ]]; }; then
			words[last]+="${COMP_WORDS[i]}"
		else
			words+=("${COMP_WORDS[i]}")
		fi
	done
	cword=$((${#words[@]} - 1))
	cur="${words[cword]}"
	prev="${words[cword - 1]}"
	__git_prov_complete 0
}

complete -o bashdefault -o default -o nospace -F __git_prov_program git-prov
"""
