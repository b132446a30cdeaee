using System.Buffers.Text;

namespace SipAlg.Calls.Messages;

/// <summary>Reads Retry-After: delta-seconds, then perhaps a comment and parameters (RFC 3261 §20.33).</summary>
internal static class RetryAfter
{
    /// <summary>0 where it says nothing that can be read.</summary>
    public static uint Seconds(ReadOnlySpan<byte> value)
    {
        if (!Utf8Parser.TryParse(value, out uint seconds, out var used))
        {
            return IsNumber(value) ? uint.MaxValue : 0;
        }

        return used == value.Length || value[used] is (byte)' ' or (byte)'\t' or (byte)';' or (byte)'(' ? seconds : 0;
    }

    /// <summary>One that fits nowhere is still a number.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> value)
    {
        var digits = value.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return digits < 0 ? !value.IsEmpty : digits > 0 && value[digits] is (byte)' ' or (byte)';' or (byte)'(';
    }
}
