namespace SipAlg.Protocol.Sip;

/// <summary>One header field of a received message.</summary>
public readonly record struct HeaderField(HeaderId Id, Slice Name, Slice Value)
{
    /// <summary>From the first octet of the name to the last of the value, folding included: how the field crosses byte for byte.</summary>
    public Slice Line => Slice.Between(Name.Start, Value.End);
}
