using System.Collections.Immutable;
using System.Text;

namespace SipAlg.Calls.Dialplan;

/// <summary>A text in which <c>${name}</c> stands for a capture; <c>$${</c> is a literal <c>${</c>.</summary>
public sealed class Template
{
    private readonly ImmutableArray<Piece> _pieces;

    private Template(string text, ImmutableArray<Piece> pieces)
    {
        _pieces = pieces;
        Text = text;
        Literal = pieces.Any(piece => piece.IsCapture) ? null : string.Concat(pieces.Select(piece => piece.Text));
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>The value when it holds no capture, else null.</summary>
    public string? Literal { get; }

    public IEnumerable<string> CaptureNames => _pieces.Where(piece => piece.IsCapture).Select(piece => piece.Text);

    /// <returns>False when a <c>${</c> has no end or no name.</returns>
    public static bool TryParse(string text, out Template? template)
    {
        var pieces = ImmutableArray.CreateBuilder<Piece>();
        var literal = new StringBuilder();
        template = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (text.AsSpan(i).StartsWith("$${"))
            {
                literal.Append("${");
                i += 2;
            }
            else if (!text.AsSpan(i).StartsWith("${"))
            {
                literal.Append(text[i]);
            }
            else if (text.IndexOf('}', i) is var end && end > i + 2)
            {
                pieces.Add(new Piece(literal.ToString(), false));
                pieces.Add(new Piece(text[(i + 2)..end], true));
                literal.Clear();
                i = end;
            }
            else
            {
                return false;
            }
        }

        pieces.Add(new Piece(literal.ToString(), false));
        template = new Template(text, pieces.ToImmutable());
        return true;
    }

    /// <summary>The value for these captures. Control characters of a capture are left out: a caller chose them.</summary>
    internal string Expand(Captures captures) => Literal ?? Expand(captures, static (text, into) => AppendPrintable(text, into));

    /// <summary>The value as part of a SIP URI: characters of a capture that could end its user part are escaped (RFC 3261 §19.1.2).</summary>
    internal string ExpandUri(Captures captures) => Literal ?? Expand(captures, static (text, into) => AppendEscaped(text, into));

    private string Expand(Captures captures, Action<string, StringBuilder> append)
    {
        var expanded = new StringBuilder();
        foreach (var piece in _pieces)
        {
            if (piece.IsCapture)
            {
                append(captures[piece.Text], expanded);
            }
            else
            {
                expanded.Append(piece.Text);
            }
        }

        return expanded.ToString();
    }

    private static void AppendPrintable(string text, StringBuilder into)
    {
        foreach (var character in text)
        {
            if (!char.IsControl(character))
            {
                into.Append(character);
            }
        }
    }

    private static void AppendEscaped(string text, StringBuilder into)
    {
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            var character = (char)octet;
            if (char.IsAsciiLetterOrDigit(character) || "-_.!~*'()+".Contains(character, StringComparison.Ordinal))
            {
                into.Append(character);
            }
            else
            {
                into.Append('%').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    private readonly record struct Piece(string Text, bool IsCapture);
}
