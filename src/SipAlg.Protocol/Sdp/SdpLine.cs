namespace SipAlg.Protocol.Sdp;

/// <summary>One line of a description: where it stands and what it is.</summary>
internal readonly struct SdpLine(int start, int length, int endLength, byte type, SdpAttribute attribute)
{
    public int Start { get; } = start;

    /// <summary>Octets without the line end.</summary>
    public int Length { get; } = length;

    /// <summary>Octets of the line end: 2 for CRLF, 1 for a lone LF or CR, 0 at the end of the buffer.</summary>
    public byte EndLength { get; } = (byte)endLength;

    /// <summary>The letter before "=", or 0 for a line that has none.</summary>
    public byte Type { get; } = type;

    public SdpAttribute Attribute { get; } = attribute;

    /// <summary>Where the field's value starts.</summary>
    public int ValueStart => Start + 2;

    public int End => Start + Length;
}
