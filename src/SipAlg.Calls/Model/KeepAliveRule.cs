namespace SipAlg.Calls.Model;

/// <summary>How the NAT before a realm's phones is kept open.</summary>
/// <param name="Every">Over UDP; over connections four times as long.</param>
/// <param name="Kind">What is sent over UDP.</param>
public sealed record KeepAliveRule(TimeSpan Every, KeepAliveKind Kind)
{
    /// <summary>Below the 30 s after which NATs of the field forget UDP.</summary>
    public static KeepAliveRule Default { get; } = new(TimeSpan.FromSeconds(25), KeepAliveKind.Options);
}

public enum KeepAliveKind : byte
{
    /// <summary>A request, whose answer shows that the phone is there.</summary>
    Options,

    /// <summary>Two line ends, which nobody answers (RFC 5626 §3.5.1).</summary>
    Crlf,
}
