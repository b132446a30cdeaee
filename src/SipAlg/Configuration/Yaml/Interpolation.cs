using System.Text;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Yaml;

/// <summary>Replaces <c>${NAME}</c> and <c>${file:…}</c> in values after parsing, so that no secret can change the structure.</summary>
internal sealed class Interpolation(string file, ISourceFiles files, Func<string, string?> environment, ProblemList problems)
{
    /// <summary>The rules of <c>sipalg.yaml</c>: <c>${NAME}</c>, <c>${file:/run/secrets/x}</c>; <c>$${</c> is a literal <c>${</c>.</summary>
    public string Configuration(string text, SourcePosition at) => Replace(text, at, keepEscapes: false, name =>
        name.StartsWith("file:", StringComparison.Ordinal) ? ReadSecret(name["file:".Length..], at) : Variable(name, at));

    /// <summary>The rules of a dialplan: <c>${env:NAME}</c>; every other <c>${…}</c> is left for the captures.</summary>
    public string Dialplan(string text, SourcePosition at) => Replace(text, at, keepEscapes: true, name =>
        name.StartsWith("env:", StringComparison.Ordinal)
            ? Variable(name["env:".Length..], at).Replace("${", "$${", StringComparison.Ordinal)
            : "${" + name + "}");

    private string Replace(string text, SourcePosition at, bool keepEscapes, Func<string, string> value)
    {
        var start = text.IndexOf("${", StringComparison.Ordinal);
        if (start < 0)
        {
            return text;
        }

        var result = new StringBuilder(text, 0, start, text.Length * 2);
        for (var i = start; i >= 0 && i < text.Length;)
        {
            i = ReplaceOne(text, i, result, at, keepEscapes, value);
        }

        return result.ToString();
    }

    /// <summary>Takes the reference at <paramref name="start"/> and what follows up to the next one; returns where that is.</summary>
    private int ReplaceOne(string text, int start, StringBuilder result, SourcePosition at, bool keepEscapes, Func<string, string> value)
    {
        var end = text.IndexOf('}', start);
        var next = start + 2;
        if (start > 0 && text[start - 1] == '$')
        {
            result.Append(keepEscapes ? "${" : "{");
        }
        else if (end < 0)
        {
            problems.Error(at, "'${' has no '}'", "write $${ for a literal ${");
        }
        else
        {
            result.Append(value(text[next..end]));
            next = end + 1;
        }

        var following = text.IndexOf("${", next, StringComparison.Ordinal);
        result.Append(text, next, (following < 0 ? text.Length : following) - next);
        return following;
    }

    private string Variable(string name, SourcePosition at)
    {
        var value = environment(name);
        if (value is null)
        {
            problems.Error(at, $"the environment variable {name} is not set", $"set it, or write $${{{name}}} for these very characters");
        }

        return value ?? "";
    }

    private string ReadSecret(string path, SourcePosition at)
    {
        if (files.TryRead(files.Resolve(file, path), out var text, out var fault))
        {
            return text.TrimEnd();
        }

        problems.Error(at, $"'{path}' cannot be read: {fault}");
        return "";
    }
}
