using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Shapes;
using SipAlg.Protocol.Digest;

namespace SipAlg.Commands;

/// <summary><c>sipalg hash-password</c>: what a user's <c>password_hash</c> takes, so that no password has to be written down.</summary>
internal static class HashPasswordCommand
{
    /// <param name="input">Null for the console's.</param>
    public static Command Create(TextReader? input)
    {
        var user = new Argument<string>("USER") { Description = "The user's name, as under users." };
        var domain = new Argument<string>("DOMAIN") { Description = "The domain of the realm that the user registers in." };
        var json = JsonText.Option();
        var command = new Command("hash-password", "Print the hashes of a password, prompted for or read from standard input.") { user, domain, json };
        command.SetAction(result =>
        {
            var streams = result.InvocationConfiguration;
            return Run(result.GetValue(user)!, result.GetValue(domain)!, result.GetValue(json), input, streams.Output, streams.Error);
        });
        return command;
    }

    private static int Run(string user, string domain, bool isJson, TextReader? input, TextWriter output, TextWriter error)
    {
        var fault = UserNames.Fault(user) ?? (PeerAddress.IsHost(domain) ? null : $"'{domain}' is no domain");
        var password = fault is null ? Read(user, domain, input, error, out fault) : "";
        fault ??= SecretShape.PasswordFault(password) is { } found ? $"the password {found}" : null;
        if (fault is not null)
        {
            error.WriteLine(fault);
            return ExitCode.Fault;
        }

        var (md5, sha256) = (Hash(DigestAlgorithm.Md5, user, domain, password), Hash(DigestAlgorithm.Sha256, user, domain, password));
        output.WriteLine(isJson ? JsonText.Of(new JsonObject { ["md5"] = md5, ["sha-256"] = sha256 }) : $"password_hash: {{ md5: {md5}, sha-256: {sha256} }}");
        return ExitCode.Success;
    }

    private static string Hash(DigestAlgorithm algorithm, string user, string domain, string password) =>
        Encoding.ASCII.GetString(DigestSecrets.Hash(algorithm, user, domain, password));

    private static string Read(string user, string domain, TextReader? input, TextWriter error, out string? fault)
    {
        fault = null;
        if (input is not null || Console.IsInputRedirected)
        {
            return (input ?? Console.In).ReadLine() ?? "";
        }

        var password = Prompt($"Password of {user} at {domain}: ", error);
        fault = Prompt("Again: ", error) == password ? null : "the passwords differ";
        return password;
    }

    /// <summary>Reads a line that the terminal does not show.</summary>
    private static string Prompt(string text, TextWriter error)
    {
        error.Write(text);
        var line = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                line.Length = Math.Max(0, line.Length - 1);
            }
            else if (key.KeyChar != 0)
            {
                line.Append(key.KeyChar);
            }
        }

        error.WriteLine();
        return line.ToString();
    }
}
