using System.Runtime.InteropServices;

namespace SipAlg.Media.Kernel;

/// <summary>The Internet checksum's arithmetic (RFC 1071, RFC 1624), on words as they lie in memory: its sums do not mind the order of octets.</summary>
internal static class Checksum
{
    /// <summary>What has to be added to a sum over <paramref name="before"/> for that over <paramref name="after"/>, as 32 bits whose carry goes round.</summary>
    public static uint Delta(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        ulong sum = 0;
        foreach (var word in MemoryMarshal.Cast<byte, uint>(before))
        {
            sum += ~word;
        }

        foreach (var word in MemoryMarshal.Cast<byte, uint>(after))
        {
            sum += word;
        }

        sum = (sum & uint.MaxValue) + (sum >> 32);
        return (uint)((sum & uint.MaxValue) + (sum >> 32));
    }
}
