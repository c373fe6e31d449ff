# Completion of vcluster-box for fish.  Keep it as ~/.config/fish/completions/vcluster-box.fish
function __vcluster_box_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l flags ''
    for line in ($program __complete -- $words "$current" 2>/dev/null </dev/null)
        if string match -q ':*' -- $line
            set flags $line
        else
            printf '%s\n' $line
        end
    end
    if string match -q '*files*' -- $flags
        __fish_complete_path "$current"
    end
end
complete -c vcluster-box -f -a '(__vcluster_box_complete)'
