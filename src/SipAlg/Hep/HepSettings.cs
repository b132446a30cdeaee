namespace SipAlg.Hep;

/// <summary>Where captured messages go, and as whose.</summary>
/// <param name="Host">An address, IPv6 without brackets, or a name.</param>
/// <param name="Port">Of the collector.</param>
/// <param name="IsStream">TCP, else UDP.</param>
/// <param name="Id">The gateway's number among the collector's capture agents.</param>
/// <param name="Password">The collector's key; null for none. It goes over the network as it is.</param>
internal sealed record HepSettings(string Host, ushort Port, bool IsStream, uint Id, string? Password)
{
    public const ushort DefaultPort = 9060;
    public const int DefaultId = 2001;

    /// <summary>As the configuration writes it.</summary>
    public string Target => $"{(IsStream ? "tcp" : "udp")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";

    /// <summary>Without the password.</summary>
    public override string ToString() => Target;
}
