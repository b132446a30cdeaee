using System.Text;

namespace SipAlg.Protocol.Sip;

/// <summary>One Via value (RFC 3261 §20.42, RFC 3581), as stretches of the text it was read from.</summary>
public readonly ref struct Via
{
    /// <summary>The magic cookie of a branch by RFC 3261 §8.1.1.7.</summary>
    public static ReadOnlySpan<byte> Cookie => "z9hG4bK"u8;

    /// <summary>As written: "UDP", "TCP" and so on, or a name that we do not know.</summary>
    public ReadOnlySpan<byte> Transport { get; private init; }
    public ReadOnlySpan<byte> Host { get; private init; }

    /// <summary>0 when none is named.</summary>
    public ushort Port { get; private init; }

    /// <summary>From the first semicolon on.</summary>
    public ReadOnlySpan<byte> Parameters { get; private init; }

    /// <summary>Empty when absent, as RFC 2543 allowed.</summary>
    public ReadOnlySpan<byte> Branch { get; private init; }

    /// <summary>RFC 3581: "rport" without a value asks for the source port.</summary>
    public bool WantsPort { get; private init; }

    /// <summary>Whether there is an "rport" at all.</summary>
    public bool NamesPort { get; private init; }

    /// <summary>Whether the branch tells transactions apart: it has the cookie and something behind it.</summary>
    public bool HasUniqueBranch => Branch.Length > Cookie.Length && Ascii.EqualsIgnoreCase(Branch[..Cookie.Length], Cookie);

    /// <summary>Reads one value (a list is taken apart by <see cref="ValueList"/> before).</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Via via)
    {
        via = default;
        var at = 0;
        if (!TryProtocolPart(text, ref at, "SIP"u8) || !TryProtocolPart(text, ref at, "2.0"u8))
        {
            return false;
        }

        var start = Grammar.SkipSpace(text, at);
        at = start;
        while (at < text.Length && !Grammar.IsSpace(text[at]))
        {
            at++;
        }

        var transport = text[start..at];
        at = Grammar.SkipSpace(text, at);
        if (!Grammar.IsToken(transport) || !TrySentBy(text, ref at, out var host, out var port) ||
            !TryParameters(text[at..], out var branch, out var namesPort, out var wantsPort))
        {
            return false;
        }

        via = new Via { Transport = transport, Host = host, Port = port, Parameters = text[at..], Branch = branch, NamesPort = namesPort, WantsPort = wantsPort };
        return true;
    }

    /// <summary>The value that was parsed with its message: each message's is asked for several times.</summary>
    internal static Via Of(SipMessage message, scoped in ViaPlaces places) => new()
    {
        Transport = message[places.Transport],
        Host = message[places.Host],
        Port = places.Port,
        Parameters = message[places.Parameters],
        Branch = message[message.Branch],
        NamesPort = places.NamesPort,
        WantsPort = places.WantsPort,
    };

    private static bool TryProtocolPart(ReadOnlySpan<byte> text, scoped ref int at, ReadOnlySpan<byte> expected)
    {
        at = Grammar.SkipSpace(text, at);
        if (text.Length - at < expected.Length || !Ascii.EqualsIgnoreCase(text.Slice(at, expected.Length), expected))
        {
            return false;
        }

        at = Grammar.SkipSpace(text, at + expected.Length);
        return at < text.Length && text[at++] == '/';
    }

    /// <summary>sent-by, with the white space that the grammar allows around its colon.</summary>
    private static bool TrySentBy(ReadOnlySpan<byte> text, scoped ref int at, out ReadOnlySpan<byte> host, out ushort port)
    {
        port = 0;
        var end = SipUri.HostEnd(text, at);
        host = end < 0 ? default : text[at..end];
        if (host.IsEmpty)
        {
            return false;
        }

        at = Grammar.SkipSpace(text, end);
        if (at == text.Length || text[at] != ':')
        {
            return true;
        }

        at = Grammar.SkipSpace(text, at + 1);
        return SipUri.TryPort(text, ref at, out port);
    }

    private static bool TryParameters(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> branch, out bool namesPort, out bool wantsPort)
    {
        branch = default;
        namesPort = wantsPort = false;
        var reader = new Parameters(text);
        while (reader.MoveNext())
        {
            if (Ascii.EqualsIgnoreCase(reader.Name, "branch"u8))
            {
                if (!branch.IsEmpty)
                {
                    return false;
                }

                branch = reader.Value;
            }
            else if (Ascii.EqualsIgnoreCase(reader.Name, "rport"u8))
            {
                namesPort = true;
                wantsPort = reader.Value.IsEmpty;
            }
        }

        return !reader.IsMalformed;
    }
}
