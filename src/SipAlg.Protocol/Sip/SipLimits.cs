namespace SipAlg.Protocol.Sip;

/// <summary>Bounds on what is taken from the network; beyond them a message is refused as malformed.</summary>
public static class SipLimits
{
    /// <summary>Octets of a whole message: what a UDP datagram can hold.</summary>
    public const int Message = 65535;

    /// <summary>Octets of one header field, folding included.</summary>
    public const int Field = 16384;

    /// <summary>Header fields of one message.</summary>
    public const int Fields = 192;

    /// <summary>Octets of a Call-ID or a tag: they are kept for the life of a dialog.</summary>
    public const int Identifier = 512;
}
