using System.CommandLine;
using SipAlg.Configuration;

namespace SipAlg.Commands;

/// <summary><c>sipalg schema</c>: JSON Schema for editors.</summary>
internal static class SchemaCommand
{
    public static Command Create()
    {
        var dialplan = new Option<bool>("--dialplan") { Description = "The schema of dialplan files instead." };
        var command = new Command("schema", "Print a JSON Schema of the configuration, for editors.") { dialplan };
        command.SetAction(result =>
        {
            result.InvocationConfiguration.Output.WriteLine(result.GetValue(dialplan) ? ConfigurationSchema.OfDialplan() : ConfigurationSchema.OfConfiguration());
            return ExitCode.Success;
        });
        return command;
    }
}
