using SipAlg.Calls.Peers;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Legs;

/// <summary>Our end of one dialog: its names, and the way to its far side.</summary>
internal class DialogEnd
{
    public required Dialog Dialog { get; set; }

    /// <summary>The way that its messages take.</summary>
    public required Flow Flow { get; set; }

    /// <summary>It stands behind NAT: its messages go where its own come from, whatever its Contact says.</summary>
    public bool IsBehindNat { get; init; }

    /// <summary>What its requests bring us in their To tag.</summary>
    public required ulong Secret { get; init; }
    public required int Realm { get; init; }

    /// <summary>Null for an end that is no peer.</summary>
    public PeerState? Peer { get; init; }
}
