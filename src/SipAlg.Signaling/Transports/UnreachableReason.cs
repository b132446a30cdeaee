namespace SipAlg.Signaling.Transports;

/// <summary>The ICMP errors that end an attempt (RFC 3261 §18.4); source quench and time exceeded are not among them.</summary>
public enum UnreachableReason : byte
{
    /// <summary>Nobody listens on the port.</summary>
    Port,

    Host,

    Network,

    /// <summary>Protocol unreachable or parameter problem.</summary>
    Protocol,

    /// <summary>A firewall on the path forbids it.</summary>
    Prohibited,
}
