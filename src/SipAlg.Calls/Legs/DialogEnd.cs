using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Legs;

/// <summary>Our end of one dialog: its names, and the way to its far side.</summary>
internal class DialogEnd
{
    /// <summary>Where its dialog is counted; null while it has none.</summary>
    private CallCounters? _counters;

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

    /// <summary>The user whose phone it is; null for anybody else.</summary>
    public User? User { get; init; }

    /// <summary>Of a user's phone: where it sends from, which its Contact need not name. Its requests are taken from there too.</summary>
    public IpAddress Source { get; init; }

    /// <summary>It is the registrar of the other side, which proves to it who it is: the gateway answers no challenge of its.</summary>
    public bool TakesProof { get; init; }

    /// <summary>Whether one of these is the registrar of the other, so that challenges and their answers cross between them.</summary>
    public static bool IsProofBetween(DialogEnd? one, DialogEnd? other) =>
        one is not null && other is not null && (IsRegistrarOf(one, other.User) || IsRegistrarOf(other, one.User));

    private static bool IsRegistrarOf(DialogEnd end, User? phones) => phones?.Registrar is { } registrar && end.Peer?.Peer.Index == registrar.Index;

    /// <summary>What it says of who somebody is is believed, and it is told.</summary>
    public bool IsTrusted => Peer is { Peer.IsTrusted: true } || User is { IsTrusted: true };

    /// <summary>
    /// A request of its own has come this way: behind NAT, messages go there from now on, since the NAT may have given it another port.
    /// One out of order (RFC 3261 §12.2.2) tells of an earlier place, or of somebody who has overheard it.
    /// </summary>
    /// <param name="flow">How it came.</param>
    /// <param name="sequence">Its CSeq.</param>
    public void Follow(in Flow flow, uint sequence)
    {
        if (IsBehindNat && sequence >= Dialog.RemoteSequence)
        {
            Flow = flow;
        }
    }

    /// <summary>The far side has its dialog now, early or confirmed (RFC 3261 §12.1), if it had not before.</summary>
    public void Establish(CallCounters counters)
    {
        if (_counters is null)
        {
            _counters = counters;
            counters.Dialogs++;
        }
    }

    /// <summary>Its dialog is over, if it had one.</summary>
    public void Terminate()
    {
        if (_counters is { } counters)
        {
            _counters = null;
            counters.Dialogs--;
        }
    }
}
