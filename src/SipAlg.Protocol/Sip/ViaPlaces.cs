namespace SipAlg.Protocol.Sip;

/// <summary>Where the parts of a message's first Via stand; its branch is the message's.</summary>
internal readonly record struct ViaPlaces(Slice Transport, Slice Host, Slice Parameters, ushort Port, bool NamesPort, bool WantsPort);
