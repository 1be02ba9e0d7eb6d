# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of domwright's command line for fish: domwright itself says what a word may become. A line
# "=files" among its answers stands for the names of files.

function __domwright_complete
    set -l tokens (commandline --tokenize --current-process --cut-at-cursor)
    set -l word (commandline --current-token --cut-at-cursor)
    for answer in (command $tokens[1] complete -- $tokens[2..-1] "$word" 2>/dev/null)
        if test "$answer" = '=files'
            # A file may be a value.
            set -l before (string replace --regex '[^=]*$' '' -- $word)
            for file in (__fish_complete_path (string replace --regex '^.*=' '' -- $word))
                echo $before$file
            end
        else
            echo $answer
        end
    end
end

complete --command domwright --no-files --arguments '(__domwright_complete)'
