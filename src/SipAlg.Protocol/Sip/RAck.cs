using System.Buffers.Text;

namespace SipAlg.Protocol.Sip;

/// <summary>The value of RAck (RFC 3262 §7.2): which reliable provisional response a PRACK acknowledges.</summary>
/// <param name="Response">Its RSeq.</param>
/// <param name="Sequence">The CSeq number of the request that it answers.</param>
/// <param name="Method">The method of that request.</param>
public readonly record struct RAck(uint Response, uint Sequence, SipMethod Method)
{
    public static bool TryParse(ReadOnlySpan<byte> value, out RAck rack)
    {
        rack = default;
        if (!TryNumber(ref value, out var response) || !TryNumber(ref value, out var sequence) || value.IsEmpty)
        {
            return false;
        }

        rack = new RAck(response, sequence, SipMethods.Find(value));
        return true;
    }

    /// <summary>The value of RSeq (RFC 3262 §7.1); 0, which is none, where it cannot be read.</summary>
    public static uint ParseRSeq(ReadOnlySpan<byte> value) => Utf8Parser.TryParse(value, out uint number, out var used) && used == value.Length ? number : 0;

    private static bool TryNumber(ref ReadOnlySpan<byte> value, out uint number)
    {
        if (!Utf8Parser.TryParse(value, out number, out var used))
        {
            return false;
        }

        var rest = value[used..].TrimStart(" \t\r\n"u8);
        var isApart = rest.Length < value.Length - used;
        value = rest;
        return isApart;
    }
}
