namespace SipAlg.Media;

/// <summary>The media ports of a realm.</summary>
/// <param name="Realm">The realm's index, from 0, dense: totals are kept under it.</param>
/// <param name="FirstPort">Rounded up to an even port.</param>
/// <param name="LastPort">Inclusive; a last even port without its partner is not used.</param>
/// <param name="Dscp">Differentiated services code point of what is sent (RFC 2474), 0 to 63; 46 is expedited forwarding.</param>
/// <param name="Reserve">Ports kept for those who may take the reserve; each lane keeps its share, a pair at least.</param>
public readonly record struct MediaRange(int Realm, ushort FirstPort, ushort LastPort, byte Dscp = 0, int Reserve = 0);
