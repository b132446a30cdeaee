using System.Collections.Immutable;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Media;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>What tells why a call went as it did: noted where it happens, read by whoever judges it.</content>
public sealed partial class CallRecord
{
    private volatile GatewayModel? _model;
    private volatile byte[]? _note;

    /// <summary>What its messages are kept under; 0: they are not.</summary>
    public ulong Trace { get; init; }

    /// <summary>Whose lane's they are.</summary>
    public int Lane { get; init; }

    /// <summary>What was configured when it came; the dialplan that was asked is in it. Null once it was <see cref="Forget">forgotten</see>.</summary>
    public GatewayModel? Model { get => _model; init => _model = value; }

    /// <summary>Who the dialplan was asked for; the peer is <see cref="FromPeer"/>.</summary>
    public User? Sender { get; set; }

    /// <summary>What the dialplan has decided; null where it was not asked, or once it was forgotten.</summary>
    public RouteDecision? Decision { get; set; }

    /// <summary>What the journal has written down of the decision, in its own form; null before.</summary>
    public byte[]? Note => _note;

    /// <summary>Where no route matched: which one nearly did.</summary>
    public NearestRoute? Nearest { get; set; }

    /// <summary>What the target that was asked last, or has answered, was told of the numbers; null if none was asked.</summary>
    public SentNumbers? Sent { get; set; }

    /// <summary>Where the INVITE came from.</summary>
    public IpEndpoint CallerAt { get; init; }

    /// <summary>What the caller was shown as our address.</summary>
    public IpEndpoint CallerShown { get; init; }

    /// <summary>The limit of an account that has refused or ended it, or one of its redirections; null: none has.</summary>
    public LimitBreach? Breach { get; set; }

    /// <summary>Null for what became a call.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>It was called by a sips URI.</summary>
    public bool IsSips { get; init; }

    /// <summary>What the INVITE came by.</summary>
    public Transport CallerBy { get; init; }

    /// <summary>Who was the reason of an end that the gateway has made of an answered call; null where no side was.</summary>
    public BrokenSide? Broken { get; set; }

    /// <summary>Why there was no connection to the target; null: that was not it. This, and what follows of the target, is of the one that answered or whose failure decided; before that of the last one asked.</summary>
    public ConnectFailure? NotConnected { get; set; }

    /// <summary>Which media ports it did not get; null: it got what it asked for.</summary>
    public PortShortage? Shortage { get; set; }

    /// <summary>Whom its certificate has to name; empty without TLS.</summary>
    public ImmutableArray<string> TargetNames { get; set; } = [];

    /// <summary>Where it is, and how it was asked; none where it was not.</summary>
    public IpEndpoint TargetAt { get; set; }
    public Transport TargetBy { get; set; }

    /// <summary>Octets of the INVITE that it was sent.</summary>
    public int TargetOctets { get; set; }

    /// <summary>What a target answered that decided the call's failure; 0 if none did.</summary>
    public int TargetStatus { get; set; }

    /// <summary>It has answered anything at all.</summary>
    public bool HasTargetSpoken { get; set; }

    /// <summary>The caller has been told that it rings.</summary>
    public bool HasRung { get; set; }

    /// <summary>Where each side wanted its first stream, by its SDP; none where it was not agreed on.</summary>
    public IpEndpoint CallerMedia { get; set; }
    public IpEndpoint CalleeMedia { get; set; }

    /// <summary>Signs in the caller's INVITE, and in the answer of who took it, that somebody on the way rewrote them.</summary>
    public RewritingSigns CallerSigns { get; set; }
    public RewritingSigns CalleeSigns { get; set; }

    /// <summary>
    /// Lets go of the configuration that it was made by: with it in hand, the dialplan can be asked again (<see cref="RouteQuestion"/>),
    /// but calls would hold as many configurations as there were reloads. From any thread; who finds no model any more finds the note.
    /// </summary>
    /// <param name="note">What is to be kept of the decision; null: nothing.</param>
    public void Forget(byte[]? note = null)
    {
        _note = note;
        _model = null;
        (Sender, Decision) = (null, null);
    }

    /// <summary>Packets of a side that came from where they may come from; known when the call has ended.</summary>
    public long AcceptedFrom(bool isCaller)
    {
        long packets = 0;
        foreach (var stream in Streams)
        {
            packets += isCaller ? stream.FromCaller.Packets : stream.FromCallee.Packets;
        }

        return packets;
    }
}

/// <summary>The dialplan's edits of the numbers; null leaves the one that came.</summary>
public readonly record struct SentNumbers(string? Caller, string? Called);
