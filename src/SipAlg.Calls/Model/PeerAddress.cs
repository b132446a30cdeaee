using System.Globalization;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Model;

/// <summary>The SIP URI of a next hop as the configuration writes it: <c>sip:[user@]host[:port][;transport=udp|tcp|tls]</c>, or with sips.</summary>
public sealed record PeerAddress
{
    /// <summary>As written, IPv6 without brackets.</summary>
    public required string Host { get; init; }

    /// <summary>The host as an address; none when it is a name.</summary>
    public IpAddress Ip { get; init; }

    /// <summary>0 when not written: then RFC 3263 decides.</summary>
    public ushort Port { get; init; }

    /// <summary>Null when not written: then RFC 3263 decides.</summary>
    public Transport? Transport { get; init; }

    /// <summary>A sips URI: requests to it are of that scheme, and every hop is one of TLS (RFC 3261 §26.2).</summary>
    public bool IsSecure { get; init; }

    /// <summary>It is reached by TLS, and by nothing else.</summary>
    public bool IsTls => IsSecure || Transport == Signaling.Transports.Transport.Tls;

    public string? User { get; init; }

    /// <summary>Parses the URI; otherwise <paramref name="fault"/> says what stands against it.</summary>
    public static bool TryParse(string text, out PeerAddress? address, out PeerAddressFault fault)
    {
        address = null;
        if (!TryScheme(text, out var rest, out var isSecure, out fault))
        {
            return false;
        }

        var semicolon = rest.IndexOf(';');
        var parameters = semicolon < 0 ? default : rest[(semicolon + 1)..];
        var authority = semicolon < 0 ? rest : rest[..semicolon];
        var at = authority.LastIndexOf('@');
        var user = at < 0 ? null : authority[..at].ToString();
        if (!TryHostPort(authority[(at + 1)..], out var host, out var port, out fault) || !TryTransport(parameters, out var transport, out fault))
        {
            return false;
        }

        if (isSecure && transport == Signaling.Transports.Transport.Udp)
        {
            fault = PeerAddressFault.Insecure;
            return false;
        }

        if (user is not null && !IsUser(user))
        {
            fault = PeerAddressFault.User;
            return false;
        }

        address = new PeerAddress { Host = host, Ip = IpAddress.TryParse(host, out var ip) ? ip : default, Port = port, Transport = isSecure && transport is not null ? Signaling.Transports.Transport.Tls : transport, User = user, IsSecure = isSecure };
        return true;
    }

    private static bool TryScheme(string text, out ReadOnlySpan<char> rest, out bool isSecure, out PeerAddressFault fault)
    {
        isSecure = text.StartsWith("sips:", StringComparison.OrdinalIgnoreCase);
        rest = text.AsSpan(Math.Min(text.Length, isSecure ? 5 : 4));
        fault = isSecure || text.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) ? PeerAddressFault.None : PeerAddressFault.Scheme;
        return fault == PeerAddressFault.None;
    }

    private static bool TryHostPort(ReadOnlySpan<char> text, out string host, out ushort port, out PeerAddressFault fault)
    {
        port = 0;
        var colon = text.IndexOf(']') is var bracket && bracket >= 0 ? text[bracket..].IndexOf(':') + bracket : text.IndexOf(':');
        var hasPort = colon > bracket;
        var name = hasPort ? text[..colon] : text;
        host = name.ToString();
        fault = PeerAddressFault.Host;
        if (!IsHost(host))
        {
            return false;
        }

        host = host.Trim('[', ']');
        fault = PeerAddressFault.Port;
        if (hasPort && (!ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port == 0))
        {
            return false;
        }

        fault = PeerAddressFault.None;
        return true;
    }

    private static bool TryTransport(ReadOnlySpan<char> parameters, out Transport? transport, out PeerAddressFault fault)
    {
        transport = null;
        fault = PeerAddressFault.None;
        if (parameters.IsEmpty)
        {
            return true;
        }

        const string Prefix = "transport=";
        if (!parameters.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            fault = PeerAddressFault.Parameter;
            return false;
        }

        var name = parameters[Prefix.Length..].ToString().ToLowerInvariant();
        (transport, fault) = name switch
        {
            "udp" => (Signaling.Transports.Transport.Udp, PeerAddressFault.None),
            "tcp" => (Signaling.Transports.Transport.Tcp, PeerAddressFault.None),
            "tls" => (Signaling.Transports.Transport.Tls, PeerAddressFault.None),
            "ws" or "wss" => ((Transport?)null, PeerAddressFault.WebSocket),
            _ => (null, PeerAddressFault.Parameter),
        };
        return fault == PeerAddressFault.None;
    }

    /// <summary>RFC 3261 §25.1 host: a name of letters, digits, '-' and '.', an IPv4 address, or an IPv6 address in brackets.</summary>
    public static bool IsHost(string text) => text.StartsWith('[')
        ? IpAddress.TryParse(text, out var address) && address.IsV6
        : IpAddress.TryParse(text, out address) ? address.IsV4 : IsHostName(text);

    /// <summary>RFC 3261 §25.1 hostname: no label empty, beginning or ending with '-', and the last one beginning with a letter.</summary>
    public static bool IsHostName(string text)
    {
        var labels = text.TrimEnd('.').Split('.');
        return text.Length <= 253 && char.IsAsciiLetter(labels[^1].FirstOrDefault()) && labels.All(IsLabel);
    }

    private static bool IsLabel(string label) => label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' &&
        label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static bool IsUser(string user) => user.Length > 0 &&
        user.All(c => char.IsAsciiLetterOrDigit(c) || "-_.!~*'()&=+$,;?/%:".Contains(c, StringComparison.Ordinal));

    public override string ToString() =>
        $"{(IsSecure ? "sips" : "sip")}:{(User is null ? "" : User + "@")}{(Ip.IsV6 ? $"[{Host}]" : Host)}{(Port == 0 ? "" : ":" + Port.ToString(CultureInfo.InvariantCulture))}" +
        (Transport is { } transport && !IsSecure ? ";transport=" + TransportNames.Text(transport) : "");
}

/// <summary>What stands against a text as a <see cref="PeerAddress"/>.</summary>
public enum PeerAddressFault : byte
{
    None,

    /// <summary>It begins with neither <c>sip:</c> nor <c>sips:</c>.</summary>
    Scheme,

    /// <summary>It asks for WebSocket, which is not built yet.</summary>
    WebSocket,

    /// <summary>A sips URI over UDP.</summary>
    Insecure,
    User,
    Host,
    Port,

    /// <summary>A URI parameter other than <c>transport</c>, or an unknown transport.</summary>
    Parameter,
}
