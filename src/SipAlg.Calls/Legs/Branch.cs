using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Media;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Legs;

/// <summary>One target that is asked: our INVITE to it, its media ports, and the early dialogs that came of it.</summary>
internal sealed class Branch
{
    public required RouteTarget Target { get; init; }

    /// <summary>The targets that it is one of, with what the dialplan set for them.</summary>
    public required TargetList List { get; init; }

    /// <summary>The targets that are asked together with it, and its place among them.</summary>
    public required TargetStep Step { get; init; }
    public required int Index { get; init; }

    /// <summary>Its other places, should this one fail.</summary>
    public required HopQueue Hops { get; init; }

    /// <summary>The one of its places that was asked.</summary>
    public required SipHop Hop { get; init; }

    /// <summary>The Max-Breadth that it was given; 0 for none.</summary>
    public int Breadth { get; init; }

    /// <summary>Null for a target that is no peer.</summary>
    public PeerState? Peer { get; init; }

    /// <summary>The host that stands for the caller's side in its messages.</summary>
    public required byte[] Host { get; init; }
    public required MediaFace Face { get; init; }

    /// <summary>The address that the INVITE went to, wherever its dialogs lead.</summary>
    public required IpAddress Asked { get; init; }

    /// <summary>The INVITE; none once it has its final answer or was given up.</summary>
    public TransactionId Asking { get; set; }

    /// <summary>What asking it came to so far.</summary>
    public AskedTarget Facts { get; set; }

    /// <summary>Its dialogs; the first one has no tag of theirs before they answered.</summary>
    public Leg First { get; set; } = null!;

    /// <summary>What the INVITE offered, for dialogs that come of it when another one has gone on to a new offer; null while none has.</summary>
    public (MediaBridge Media, SessionOrigin Origin)? Offered { get; private set; }

    /// <summary>One of its early dialogs goes on to a new offer.</summary>
    public void KeepOffer()
    {
        if (Offered is null)
        {
            var origin = First.Origin.Fork();
            Offered = (First.Media!.Fork(First.Origin, origin), origin);
        }
    }

    /// <summary>When it was asked; milliseconds of the lane's clock.</summary>
    public required long AskedAt { get; init; }

    /// <summary>When it has rung long enough; milliseconds of the lane's clock.</summary>
    public long NoAnswerAt { get; set; }

    /// <summary>A 2xx that waits until the caller has acknowledged what came before it (RFC 3262 §3).</summary>
    public StoredOctets Answer;
    public Flow AnswerFlow { get; set; }

    /// <summary>The next target that is asked at the same time.</summary>
    public Branch? Next { get; set; }

    /// <summary>The highest CSeq that we used in one of its dialogs.</summary>
    public uint LastSequence
    {
        get
        {
            uint last = 0;
            for (var leg = First; leg is not null; leg = leg.Next)
            {
                last = Math.Max(last, leg.Dialog.LocalSequence);
            }

            return last;
        }
    }

    /// <summary>The dialog with this tag of theirs, if there is one.</summary>
    public Leg? With(ReadOnlySpan<byte> tag)
    {
        for (var leg = First; leg is not null; leg = leg.Next)
        {
            if (leg.Dialog.RemoteTag.SequenceEqual(tag))
            {
                return leg;
            }
        }

        return null;
    }
}
