using System.Text;

namespace SipAlg.Protocol.Sdp;

/// <summary>Reads Content-Type values (RFC 2045 §5.1); folded lines count as blanks.</summary>
public static class MimeType
{
    /// <summary>RFC 2046 §5.1.1.</summary>
    private const int MaxBoundaryLength = 70;

    /// <summary>Whether a Content-Type value is of this type, whatever its case and parameters.</summary>
    public static bool Is(ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> type) =>
        Ascii.EqualsIgnoreCase(Token(contentType), type);

    internal static bool IsMultipart(ReadOnlySpan<byte> contentType)
    {
        var type = Token(contentType);
        return type.Length > 10 && Ascii.EqualsIgnoreCase(type[..10], "multipart/"u8);
    }

    /// <summary>What stands before the first parameter.</summary>
    internal static ReadOnlySpan<byte> Token(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        return (semicolon < 0 ? value : value[..semicolon]).Trim(" \t\r\n"u8);
    }

    /// <summary>Finds the boundary parameter; one with quoted-pairs is refused, as no boundary character needs them.</summary>
    internal static bool TryGetBoundary(ReadOnlySpan<byte> contentType, out ReadOnlySpan<byte> boundary)
    {
        boundary = default;
        var rest = contentType;
        while (NextParameter(ref rest, out var name, out var value))
        {
            if (Ascii.EqualsIgnoreCase(name, "boundary"u8))
            {
                boundary = value;
                return value.Length is > 0 and <= MaxBoundaryLength && value.IndexOfAny((byte)'\\', (byte)'\r', (byte)'\n') < 0;
            }
        }

        return false;
    }

    private static bool NextParameter(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = value = default;
        var semicolon = rest.IndexOf((byte)';');
        if (semicolon < 0)
        {
            return false;
        }

        rest = rest[(semicolon + 1)..];
        var stop = rest.IndexOfAny((byte)'=', (byte)';');
        if (stop < 0 || rest[stop] == ';')
        {
            return stop >= 0;
        }

        name = rest[..stop].Trim(" \t\r\n"u8);
        rest = rest[(stop + 1)..].TrimStart(" \t\r\n"u8);
        return rest.Length > 0 && rest[0] == '"' ? TryTakeQuoted(ref rest, out value) : TakeToken(ref rest, out value);
    }

    private static bool TakeToken(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        var end = rest.IndexOf((byte)';');
        value = (end < 0 ? rest : rest[..end]).Trim(" \t\r\n"u8);
        rest = end < 0 ? default : rest[end..];
        return true;
    }

    private static bool TryTakeQuoted(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        for (var i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '\\')
            {
                i++;
            }
            else if (rest[i] == '"')
            {
                value = rest[1..i];
                rest = rest[(i + 1)..];
                return true;
            }
        }

        value = default;
        return false;
    }
}
