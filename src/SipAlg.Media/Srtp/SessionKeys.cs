using System.Runtime.InteropServices;
using SipAlg.Media.Relaying;

namespace SipAlg.Media.Srtp;

/// <summary>What packets of one kind, RTP or RTCP, are encrypted and signed with, by either kind of suite: one cache line.</summary>
[StructLayout(LayoutKind.Explicit, Size = CacheLine.Octets)]
internal struct SessionKeys
{
    [FieldOffset(0)]
    public CounterKeys Counter;

    [FieldOffset(0)]
    public GaloisKeys Galois;
}
