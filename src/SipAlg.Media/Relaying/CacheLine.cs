using System.Runtime.Intrinsics.X86;

namespace SipAlg.Media.Relaying;

/// <summary>The piece in which a processor fetches memory.</summary>
internal static unsafe class CacheLine
{
    public const int Octets = 64;

    /// <summary>Begins to fetch the line of an address, which may be none at all; nothing waits for it.</summary>
    public static void Fetch(void* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }
}
