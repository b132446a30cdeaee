using System.Buffers;
using System.Text.Json.Nodes;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Options;

/// <summary>A user: what proves it, and what it is called by.</summary>
internal sealed class UserOptions
{
    public Located<Secret>? Password { get; private set; }
    public Located<PasswordHashOptions>? PasswordHash { get; private set; }
    public IReadOnlyList<Located<string>> Numbers { get; private set; } = [];
    public IReadOnlyList<Located<string>> Aliases { get; private set; } = [];
    public Located<int>? MaxContacts { get; private set; }
    public Located<bool>? Trusted { get; private set; }
    public AccountOptions? Fraud { get; private set; }

    private const string NumberPattern = "^(?=.{1,40}$)[+]?[0-9]+[*]?$";

    private static readonly ScalarShape<string> Number = new("a number", text => IsNumber(text)
        ? text
        : Parsed<string>.Bad("is no number", "write it as +4930123 or 101; +49304567* stands for all that begin so"),
        new JsonObject { ["type"] = new JsonArray("string", "integer"), ["minimum"] = 0, ["maximum"] = 1e40, ["pattern"] = NumberPattern });

    private static readonly ScalarShape<string> Alias = new("a name", text => UserNames.Fault(text) is null ? text : Parsed<string>.Bad("is no user name", UserNames.Rule));

    public static ObjectShape<UserOptions> Shape { get; } = new ObjectShape<UserOptions>(_ => new UserOptions())
        .Key("password", SecretShape.Password, (o, v) => o.Password = v, "What the phone is given; or password_hash.")
        .Key("password_hash", PasswordHashOptions.Shape, (o, v) => o.PasswordHash = v, "What sipalg hash-password prints, in place of the password.")
        .Key("numbers", new ListShape<string>(Number, allowsOne: true, allowsNone: true), (o, v) => o.Numbers = v.Value,
            "Numbers that mean this user; one with * at its end stands for all that begin so.", "none")
        .Key("aliases", new ListShape<string>(Alias, allowsOne: true, allowsNone: true), (o, v) => o.Aliases = v.Value, "Other names that mean this user.", "none")
        .Key("max_contacts", Scalars.Integer(1, 1000), (o, v) => o.MaxContacts = v, "Phones that may be registered at once.", "10")
        .Key("fraud", AccountOptions.Shape, (o, v) => o.Fraud = v.Value, "What the user may use, in place of fraud.users.")
        .Key("trusted", Scalars.Flag, (o, v) => o.Trusted = v, "Whether the user may show another caller's identity than its own.", "false");

    private static bool IsNumber(string text)
    {
        var digits = text.AsSpan().TrimStart('+');
        digits = digits.EndsWith("*") ? digits[..^1] : digits;
        return text.Length <= 40 && text.LastIndexOf('+') <= 0 && digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }
}

/// <summary>A user's <c>password_hash</c>.</summary>
internal sealed class PasswordHashOptions
{
    public Located<Secret>? Md5 { get; private set; }
    public Located<Secret>? Sha256 { get; private set; }

    public static ObjectShape<PasswordHashOptions> Shape { get; } = new ObjectShape<PasswordHashOptions>(_ => new PasswordHashOptions())
        .Key("md5", SecretShape.Hash(32), (o, v) => o.Md5 = v, "MD5 of user:domain:password.")
        .Key("sha-256", SecretShape.Hash(64), (o, v) => o.Sha256 = v, "SHA-256 of user:domain:password.");
}

/// <summary>Names of users: they stand in URIs, and before the colon of what is hashed.</summary>
internal static class UserNames
{
    public const string Rule = "letters, digits and -_.!~'()&=+$, at most 64";

    private static readonly SearchValues<char> _allowed = SearchValues.Create("-_.!~'()&=+$0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>The same rule as a JSON Schema of names.</summary>
    public static JsonObject Schema => new() { ["pattern"] = "^[-_.!~'()&=+$0-9A-Za-z]{1,64}$" };

    public static string? Fault(string name) =>
        name.Length is > 0 and <= 64 && !name.ContainsAnyExcept(_allowed)
            ? null
            : $"'{name}' is no user name: {Rule}";
}
