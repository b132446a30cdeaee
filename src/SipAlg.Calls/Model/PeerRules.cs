using System.Collections.Immutable;
using System.Text;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Model;

/// <summary>Who carries out a transfer that a peer asks for (RFC 5589).</summary>
public enum TransferMode : byte
{
    /// <summary>The other side, if its Allow has REFER; else the gateway.</summary>
    Auto,

    /// <summary>The other side always: the REFER crosses.</summary>
    Pass,

    /// <summary>The gateway always.</summary>
    Gateway,
}

/// <summary>How a peer sends and takes digits.</summary>
public enum DtmfMode : byte
{
    /// <summary>As the other side does: nothing is converted.</summary>
    Pass,

    /// <summary>Telephone events in RTP (RFC 4733).</summary>
    Rfc4733,

    /// <summary>INFO with application/dtmf-relay.</summary>
    Info,
}

/// <summary>What a peer gets, or does not get, of other headers than the policy says. Names are long ones; their case is free.</summary>
public sealed record HeaderRules
{
    public static HeaderRules None { get; } = new();

    /// <summary>Only these of the headers that the gateway does not understand go to the peer; null: all of them.</summary>
    public ImmutableArray<string>? Pass { get; init; }

    /// <summary>Never go to the peer.</summary>
    public ImmutableArray<string> Remove { get; init; } = [];

    /// <summary>Go to the peer in each request that begins a dialog, with these values.</summary>
    public ImmutableArray<HeaderAddition> Add { get; init; } = [];

    public bool IsEmpty => Pass is null && Remove.IsEmpty && Add.IsEmpty;

    /// <summary>Whether a field that would cross goes to the peer.</summary>
    /// <param name="name">Its long name.</param>
    /// <param name="isUnderstood">The gateway knows what it means.</param>
    public bool Passes(ReadOnlySpan<byte> name, bool isUnderstood) =>
        !Holds(Remove, name) && (isUnderstood || Pass is not { } passed || Holds(passed, name) || IsOfBody(name));

    /// <summary>Whether each request that begins a dialog has a header of this name from here.</summary>
    public bool Adds(ReadOnlySpan<byte> name)
    {
        foreach (var header in Add)
        {
            if (Ascii.EqualsIgnoreCase(name, header.Name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Holds(ImmutableArray<string> names, ReadOnlySpan<byte> name)
    {
        foreach (var held in names)
        {
            if (Ascii.EqualsIgnoreCase(name, held))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>They say how to read a body that crosses (RFC 3261 §7.4.1, RFC 5621).</summary>
    private static bool IsOfBody(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "MIME-Version"u8) || (name.Length > 8 && Ascii.EqualsIgnoreCase(name[..8], "Content-"u8));
}

public readonly record struct HeaderAddition(string Name, string Value);

/// <summary>Which codecs a peer or a route may use.</summary>
public sealed record CodecRules
{
    public static CodecRules None { get; } = new();

    /// <summary>If any: no others.</summary>
    public ImmutableArray<SdpCodec> Allow { get; init; } = [];

    public ImmutableArray<SdpCodec> Remove { get; init; } = [];

    /// <summary>First in each offer, in this order.</summary>
    public ImmutableArray<SdpCodec> Prefer { get; init; } = [];

    public bool IsEmpty => Allow.IsEmpty && Remove.IsEmpty && Prefer.IsEmpty;

    public override string ToString()
    {
        var parts = new[] { ("allow", Allow), ("remove", Remove), ("prefer", Prefer) };
        return string.Join("; ", parts.Where(part => !part.Item2.IsEmpty).Select(part => $"{part.Item1} {string.Join(", ", part.Item2)}"));
    }
}

/// <summary>Which final statuses the caller gets in place of others.</summary>
public sealed class StatusMap(ImmutableArray<KeyValuePair<int, int>> pairs)
{
    public static StatusMap None { get; } = new([]);

    /// <summary>As written.</summary>
    public ImmutableArray<KeyValuePair<int, int>> Pairs => pairs;

    /// <summary>What stands in the status's place: itself, where nothing is written.</summary>
    public int this[int status]
    {
        get
        {
            foreach (var (from, to) in pairs)
            {
                if (from == status)
                {
                    return to;
                }
            }

            return status;
        }
    }

    public override string ToString() => string.Join(", ", pairs.Select(pair => $"{pair.Key}: {pair.Value}"));
}
