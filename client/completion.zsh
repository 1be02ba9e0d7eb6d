#compdef domwright
# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of domwright's command line for zsh: domwright itself says what a word may become. A line
# "=files" among its answers stands for the names of files.

_domwright() {
    local -a answers open closed
    local answer files=

    answers=("${(@f)$(command $words[1] complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    for answer in $answers; do
        case $answer in
        ('=files') files=yes ;;
        (*[=/]) open+=("$answer") ;;
        (?*) closed+=("$answer") ;;
        esac
    done
    (( $#open )) && compadd -S '' -a open
    (( $#closed )) && compadd -a closed
    if [[ -n $files ]]; then
        compset -P '*='
        _files
    fi
}

_domwright "$@"
