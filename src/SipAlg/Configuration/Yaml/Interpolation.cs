using System.Text;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Yaml;

/// <summary>Replaces <c>${NAME}</c> and <c>${file:…}</c> in values after parsing, so that no secret can change the structure.</summary>
internal sealed class Interpolation(string file, ISourceFiles files, Func<string, string?> environment, ProblemList problems)
{
    /// <summary>The rules of <c>sipalg.yaml</c>: <c>${NAME}</c>, <c>${file:/run/secrets/x}</c>; <c>$${</c> is a literal <c>${</c>.</summary>
    /// <returns>Null when something cannot be read; that is reported.</returns>
    public string? Configuration(string text, SourcePosition at) => Replace(text, at, keepsEscapes: false, name =>
        name.StartsWith("file:", StringComparison.Ordinal) ? ReadSecret(name["file:".Length..], at) : Variable(name, at));

    /// <summary>The rules of a dialplan: <c>${env:NAME}</c>; every other <c>${…}</c> is left for the captures.</summary>
    /// <returns>Null when something cannot be read; that is reported.</returns>
    public string? Dialplan(string text, SourcePosition at) => Replace(text, at, keepsEscapes: true, name =>
        name.StartsWith("env:", StringComparison.Ordinal)
            ? Variable(name["env:".Length..], at)?.Replace("${", "$${", StringComparison.Ordinal)
            : "${" + name + "}");

    private string? Replace(string text, SourcePosition at, bool keepsEscapes, Func<string, string?> value)
    {
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder();
        var isRead = true;
        for (var i = 0; i < text.Length;)
        {
            var start = text.IndexOf("${", i, StringComparison.Ordinal);
            result.Append(text, i, (start < 0 ? text.Length : start) - i);
            if (start < 0)
            {
                break;
            }

            if (start > 0 && text[start - 1] == '$')
            {
                result.Append(keepsEscapes ? "${" : "{");
                i = start + 2;
                continue;
            }

            var end = text.IndexOf('}', start);
            var replaced = end < 0 ? Endless(at) : value(text[(start + 2)..end]);
            isRead &= replaced is not null;
            result.Append(replaced);
            i = end < 0 ? text.Length : end + 1;
        }

        return isRead ? result.ToString() : null;
    }

    private string? Endless(SourcePosition at)
    {
        problems.Error(at, "'${' has no '}'", "write $${ for a literal ${");
        return null;
    }

    private string? Variable(string name, SourcePosition at)
    {
        var value = environment(name);
        if (value is null)
        {
            problems.Error(at, $"the environment variable {name} is not set", $"set it, or write $${{{name}}} for these very characters");
        }

        return value;
    }

    private string? ReadSecret(string path, SourcePosition at)
    {
        if (files.TryRead(files.Resolve(file, path), out var text, out var fault))
        {
            return text.TrimEnd();
        }

        problems.Error(at, $"'{path}' cannot be read: {fault}");
        return null;
    }
}
