using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace SipAlg.Protocol.Addresses;

/// <summary>An IP address and a port. <see cref="Scope"/> is the interface index of a link-local IPv6 address, else 0.</summary>
public readonly struct IpEndpoint(IpAddress address, ushort port, uint scope = 0) : IEquatable<IpEndpoint>
{
    /// <summary>Longest text form in octets: a bracketed IPv6 address, a colon and a port.</summary>
    public const int MaxTextLength = IpAddress.MaxTextLength + 8;

    public IpAddress Address { get; } = address;
    public ushort Port { get; } = port;
    public uint Scope { get; } = scope;

    public bool IsNone => Address.IsNone;

    public IpEndpoint WithPort(ushort port) => new(Address, port, Scope);

    /// <summary>Writes "192.0.2.1:5060" or "[2001:db8::1]:5060" and returns its length in octets.</summary>
    public int Format(Span<byte> destination)
    {
        var length = Address.FormatHost(destination);
        destination[length++] = (byte)':';
        Utf8Formatter.TryFormat(Port, destination[length..], out var written);
        return length + written;
    }

    /// <summary>Parses "192.0.2.1:5060" or "[2001:db8::1]:5060".</summary>
    public static bool TryParse(string text, out IpEndpoint endpoint) => TryParse(Encoding.UTF8.GetBytes(text), out endpoint);

    /// <summary>Parses the same from UTF-8.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out IpEndpoint endpoint)
    {
        endpoint = default;
        var colon = text.LastIndexOf((byte)':');
        if (colon < 0 || !IpAddress.TryParse(text[..colon], out var address) || (address.IsV6 && text[0] != '[') ||
            !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        endpoint = new IpEndpoint(address, port);
        return true;
    }

    /// <exception cref="FormatException">The text is no address with a port.</exception>
    public static IpEndpoint Parse(string text) =>
        TryParse(text, out var endpoint) ? endpoint : throw new FormatException($"'{text}' is no address with a port.");

    public bool Equals(IpEndpoint other) => Port == other.Port && Scope == other.Scope && Address.Equals(other.Address);
    public override bool Equals(object? obj) => obj is IpEndpoint other && Equals(other);
    public override int GetHashCode() => HashCode.Combine(Address, Port, Scope);
    public static bool operator ==(IpEndpoint left, IpEndpoint right) => left.Equals(right);
    public static bool operator !=(IpEndpoint left, IpEndpoint right) => !left.Equals(right);

    public override string ToString()
    {
        if (IsNone)
        {
            return "none";
        }

        Span<byte> text = stackalloc byte[MaxTextLength];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }
}
