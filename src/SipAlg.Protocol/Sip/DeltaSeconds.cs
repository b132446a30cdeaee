namespace SipAlg.Protocol.Sip;

/// <summary>Durations in whole seconds, as Expires, Min-Expires and their kin have them (RFC 3261 §20.19).</summary>
public static class DeltaSeconds
{
    /// <summary>The number; what passes an int is its largest. −1 where there is none.</summary>
    public static int Read(ReadOnlySpan<byte> value)
    {
        var text = Grammar.Trim(value);
        return Grammar.TryNumber(text, out var seconds) ? (int)Math.Min(seconds, int.MaxValue)
            : !text.IsEmpty && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? int.MaxValue : -1;
    }
}
