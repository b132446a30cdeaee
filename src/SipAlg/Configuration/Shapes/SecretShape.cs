using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;

namespace SipAlg.Configuration.Shapes;

/// <summary>A single value that no message shows, neither as it is written nor as it is read.</summary>
/// <param name="fault">What stands against it, to follow "it"; null when nothing does.</param>
internal sealed class SecretShape(string description, Func<string, string?> fault, string? hint = null, string? pattern = null) : Shape<Secret>
{
    private const int MostCharacters = 256;

    /// <summary>A password: any characters of one line.</summary>
    public static SecretShape Password { get; } = new("a password", PasswordFault);

    /// <summary>What is shown for being let in. A variable that is set to nothing must not open the door.</summary>
    public static SecretShape Token { get; } = new("a token", text => text.Length == 0 ? "is empty" : HasControl(text) ? "holds a line break or another control character" : null,
        "leave it out, or give it a value of one line");

    /// <summary>A hash of so many hexadecimal digits.</summary>
    public static SecretShape Hash(int digits) => new($"{digits} hexadecimal digits",
        text => text.Length == digits && text.All(char.IsAsciiHexDigit) ? null : $"is not {digits} hexadecimal digits",
        "sipalg hash-password makes it", $"^[0-9a-fA-F]{{{digits}}}$");

    /// <summary>What stands against a password, to follow "it"; null when nothing does.</summary>
    public static string? PasswordFault(string text) => text.Length == 0 ? "is empty"
        : text.Length > MostCharacters ? $"has more than {MostCharacters} characters"
        : HasControl(text) ? "holds a control character" : null;

    private static bool HasControl(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }

    public override string Description => description;

    public override Located<Secret>? Bind(ConfigNode node, string key, ProblemList problems)
    {
        if (node is not ScalarNode { IsEmpty: false } scalar)
        {
            return WrongKind(node, key, problems);
        }

        scalar.Hide();
        if (fault(scalar.Text) is { } found)
        {
            problems.Error(node.At, $"'{key}' {found}", hint);
            return null;
        }

        return new Located<Secret>(new Secret(scalar.Text), node.At);
    }

    public override JsonObject Schema() => pattern is null
        ? AnyText(isEmptyTaken: fault("") is null)
        : new JsonObject { ["type"] = new JsonArray("string", "number"), ["pattern"] = pattern };
}
