using System.Text;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Sdp;

public enum SdpConnectionKind : byte
{
    /// <summary>There is no c= line.</summary>
    None,
    Address,

    /// <summary>A host name, still to be resolved.</summary>
    Name,

    /// <summary>A c= line of another network type, or without anything that could be an address.</summary>
    Unusable,
}

/// <summary>A c= line (RFC 8866 §5.7).</summary>
public readonly struct SdpConnection
{
    private SdpConnection(SdpConnectionKind kind, IpAddress address, SdpSlice host, bool isHold) =>
        (Kind, Address, Host, IsHold) = (kind, address, host, isHold);

    public SdpConnectionKind Kind { get; }

    /// <summary>None unless <see cref="Kind"/> is <see cref="SdpConnectionKind.Address"/>.</summary>
    public IpAddress Address { get; }

    /// <summary>The address or name as written, without the "/ttl" of a multicast address.</summary>
    public SdpSlice Host { get; }

    /// <summary>0.0.0.0 or :: (RFC 3264 §8.4), or a name under ".invalid", which RFC 6157 §5 puts in the place of ::.</summary>
    public bool IsHold { get; }

    /// <summary>A group address (RFC 5771, RFC 4291 §2.7), to which no unicast call is relayed.</summary>
    public bool IsMulticast
    {
        get
        {
            Span<byte> octets = stackalloc byte[16];
            return !Address.IsNone && Address.WriteOctets(octets) == 4 ? octets[0] >> 4 == 0xE : Address.IsV6 && octets[0] == 0xFF;
        }
    }

    /// <summary>Reads "IN IP4 192.0.2.1/127" between two offsets; the address's own form decides its family.</summary>
    internal static SdpConnection Read(ReadOnlySpan<byte> buffer, int start, int end)
    {
        var tokens = new SdpTokens(buffer, start, end);
        if (!tokens.Next(out var network) || !tokens.Next(out _) || !tokens.Next(out var host) ||
            !Ascii.EqualsIgnoreCase(buffer.Slice(network.Offset, network.Length), "IN"u8))
        {
            return new SdpConnection(SdpConnectionKind.Unusable, default, default, false);
        }

        var slash = buffer.Slice(host.Offset, host.Length).IndexOf((byte)'/');
        host = slash < 0 ? host : host with { Length = slash };
        var text = buffer.Slice(host.Offset, host.Length);
        if (IpAddress.TryParse(text, out var address))
        {
            return new SdpConnection(SdpConnectionKind.Address, address, host, address.IsUnspecified);
        }

        return IsHostName(text)
            ? new SdpConnection(SdpConnectionKind.Name, default, host, IsInvalidName(text))
            : new SdpConnection(SdpConnectionKind.Unusable, default, host, false);
    }

    /// <summary>RFC 1123 characters, with a letter at the end's label so that a mistyped dotted quad is no name.</summary>
    private static bool IsHostName(ReadOnlySpan<byte> text)
    {
        var last = text[(text.LastIndexOf((byte)'.') + 1)..];
        return text.Length is > 0 and <= 253 && last.Length > 0 && char.IsAsciiLetter((char)last[0]) && !text.ContainsAnyExcept(HostNameOctets.Values);
    }

    private static bool IsInvalidName(ReadOnlySpan<byte> text) =>
        text.Length >= 8 && Ascii.EqualsIgnoreCase(text[^8..], ".invalid"u8);
}
