# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of domwright's command line: domwright itself says what a word may become. A line "=files"
# among its answers stands for the names of files.

_domwright() {
    local -a words answers
    local line=${COMP_LINE:0:COMP_POINT} word answer kept file
    COMPREPLY=()

    # Words as the program will see them: readline also splits at '=' and ':'.
    # shellcheck disable=SC2162 # a backslash is the shell's here too
    read -a words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    word=${words[-1]}

    mapfile -t answers < <(command "$1" complete -- "${words[@]:1}" 2>/dev/null)

    # What stands before readline's last break in the word is there already.
    for answer in "${answers[@]}"; do
        if [[ $answer == "=files" ]]; then
            # A file may be a value; what is before its own last break stands there, too.
            file=${word##*=}
            kept=${file%"${file##*:}"}
            while IFS= read -r answer; do
                COMPREPLY+=("${answer#"$kept"}")
            done < <(compgen -f -- "$file")
            compopt -o filenames 2>/dev/null
        else
            kept=${word%"${word##*[=:]}"}
            [[ $answer == *[=/] ]] && compopt -o nospace 2>/dev/null
            printf -v answer %q "${answer#"$kept"}"
            COMPREPLY+=("${answer//\\,/,}")
        fi
    done
}

complete -F _domwright domwright
