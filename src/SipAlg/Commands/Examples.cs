using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SipAlg.Commands;

/// <summary>Command lines that work, at the end of each command's <c>--help</c> and in docs/commands.md.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string[]> OfCommands = new()
    {
        ["run"] = ["sipalg run --config /etc/sipalg/sipalg.yaml"],
        ["check"] = ["sipalg check --config /etc/sipalg/sipalg.yaml"],
        ["route"] = ["sipalg route --called 0301234 --realm phones", "sipalg route --called +49301234 --peer carrier --at 2026-12-24T20:00+01:00"],
        ["schema"] = ["sipalg schema > sipalg.schema.json"],
        ["hash-password"] = ["sipalg hash-password alice example.com"],
        ["health"] = ["sipalg health"],
        ["reload"] = ["sipalg reload"],
        ["calls"] = ["sipalg calls", "sipalg calls --state ended --verdict no_route --since 2026-03-02T09:00Z", "sipalg calls --peer carrier --json"],
        ["why"] = ["sipalg why 5b1cf2aa03d94e71", "sipalg why alice"],
        ["trace"] = ["sipalg trace 5b1cf2aa03d94e71", "sipalg trace 5b1cf2aa03d94e71 --pcap call.pcap"],
        ["hangup"] = ["sipalg hangup 5b1cf2aa03d94e71"],
        ["registrations"] = ["sipalg registrations --realm phones", "sipalg registrations --remove alice@example.com"],
        ["peers"] = ["sipalg peers --down"],
        ["bans"] = ["sipalg bans", "sipalg bans --reason scanner --address 203.0.113."],
        ["unban"] = ["sipalg unban 203.0.113.7"],
        ["accounts"] = ["sipalg accounts --standing blocked", "sipalg accounts --reset \"user alice\""],
        ["drain"] = ["sipalg drain --wait", "sipalg drain --deadline 10m --wait", "sipalg drain --end"],
        ["top"] = ["sipalg top", "sipalg top --once"],
        ["completion"] = ["source <(sipalg completion bash)"],
    };

    /// <summary>Of a command, each a line.</summary>
    public static IReadOnlyList<string> Of(string command) => OfCommands.GetValueOrDefault(command) ?? [];

    /// <summary>Shows them in the help of each command.</summary>
    public static void AddTo(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            option.Action = new HelpWithExamples((HelpAction)option.Action!);
        }
    }

    private sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var code = usual.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            var examples = Of(parseResult.CommandResult.Command.Name);
            if (examples.Count > 0)
            {
                output.WriteLine("Examples:");
                foreach (var example in examples)
                {
                    output.WriteLine($"  {example}");
                }

                output.WriteLine();
            }

            return code;
        }
    }
}
