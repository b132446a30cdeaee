using System.CommandLine;

namespace SipAlg.Commands;

/// <summary><c>sipalg completion</c>: what a shell reads to complete command lines. The words come from the program itself.</summary>
internal static class CompletionCommand
{
    private const string Bash =
        """
        # sipalg completion for bash; read it with: source <(sipalg completion bash)
        _sipalg() {
            local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" reply
            local whole="${line##* }" kept before=""
            line="sipalg${line#"${COMP_WORDS[0]}"}"
            COMPREPLY=()
            # The program is asked for the value of --option=value as if it stood alone. The = ends a word unless COMP_WORDBREAKS says otherwise.
            if [[ $whole == --*=* ]]; then
                line="${line%"$whole"}${whole/=/ }"
                whole="${whole#*=}"
                [[ $word == "=" ]] && word=""
                [[ $word == --*=* ]] && before="${word%%=*}=" word="${word#*=}"
            fi
            # What stands before a : or @ in the word is not readline's to replace, but an @ itself is.
            kept="${whole%"$word"}"
            kept="${kept%@}"
            while IFS= read -r reply; do
                [[ -n $reply && $reply == "$whole"* ]] && COMPREPLY+=("$before${reply#"$kept"}")
            done < <("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -o default -F _sipalg sipalg
        """;

    private const string Zsh =
        """
        #compdef sipalg
        # sipalg completion for zsh; read it with: source <(sipalg completion zsh)
        _sipalg() {
            local line="sipalg ${(j: :)words[2,CURRENT]}" word="${words[CURRENT]}"
            local -a replies
            # The program is asked for the value of --option=value as if it stood alone.
            if [[ $word == --*=* ]]; then
                line="${line%$word}${word/=/ }"
                word="${word#*=}"
                compset -P 1 '*='
            fi
            replies=(${(M)${(f)"$("${(Q)words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)"}:#${word}*})
            if (( ${#replies} )); then compadd -a replies; else _files; fi
        }
        if [[ ${funcstack[1]} == _sipalg ]]; then _sipalg "$@"; else compdef _sipalg sipalg; fi
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash or zsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command("completion", "Print what a shell reads to complete sipalg's command lines, with ids and names from the running gateway.") { shell };
        command.SetAction(result =>
        {
            result.InvocationConfiguration.Output.WriteLine(result.GetValue(shell) == "bash" ? Bash : Zsh);
            return ExitCode.Success;
        });
        return command;
    }
}
