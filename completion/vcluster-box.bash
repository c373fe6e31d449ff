# shellcheck shell=bash
# Completion of vcluster-box for bash 3.2 and newer.  Read it in ~/.bashrc: source <(vcluster-box completion bash)
_vcluster_box() {
  local line=${COMP_LINE:0:COMP_POINT} current rest skip value flags='' words
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=${words[${#words[@]} - 1]}
  # Readline takes = and : for the ends of words, and replaces only what follows them.
  rest=${current##*[=:]}
  skip=$((${#current} - ${#rest}))
  COMPREPLY=()
  while IFS=$'\t' read -r value _; do
    case $value in
      :*) flags=$value ;;
      *) COMPREPLY+=("${value:skip}") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete -- "${words[@]:1}" 2>/dev/null </dev/null)
  [[ $flags != *nospace* ]] || compopt -o nospace 2>/dev/null
  if [[ $flags == *files* ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$current")
  fi
}
complete -F _vcluster_box vcluster-box
