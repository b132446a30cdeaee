using SipAlg.Calls.Bans;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Media;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Registrations;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution;

namespace SipAlg.Calls.Lanes;

/// <summary>What the calls of one lane work with besides the lane: the model, the peers, media and where ended calls are told.</summary>
public sealed class CallRoom
{
    /// <param name="model">Immutable; what the configuration says.</param>
    /// <param name="peers">By index; shared by all lanes.</param>
    /// <param name="relay">Shared by all lanes.</param>
    /// <param name="pools">This lane's, by realm and set of addresses.</param>
    /// <param name="journal">Told of ended calls.</param>
    /// <param name="log">Told of faults.</param>
    /// <param name="time">Gives the time of day.</param>
    public CallRoom(GatewayModel model, PeerState[] peers, MediaRelay relay, PortPool[][] pools, ICallJournal journal, ICallLog log, TimeProvider time)
    {
        Model = model;
        Peers = peers;
        Journal = journal;
        Log = log;
        Time = time;
        PeerTable = new PeerTable(model.Peers);
        Contacts = new PeerContacts(peers);
        Users = [.. model.Realms.Select(_ => new UserAllotments())];
        Media = new MediaLane(relay, pools, model.Realms, log);
    }

    /// <summary>Replaced whole when something of it changes.</summary>
    public GatewayModel Model { get; set; }

    public PeerState[] Peers { get; private set; }

    /// <summary>By realm: what its users have at once in this lane.</summary>
    public UserAllotments[] Users { get; private set; }
    public ICallJournal Journal { get; }
    public ICallLog Log { get; }
    public TimeProvider Time { get; }

    /// <summary>Finds the places of hosts; null: only addresses are reached.</summary>
    public IHopFinder? Names { get; init; }

    /// <summary>Told of what happens; null: nobody looks on.</summary>
    public ILiveWatch? Watch { get; init; }

    /// <summary>Keeps registrations; null: they end with the process.</summary>
    public IBindingJournal? Bindings { get; init; }

    /// <summary>Whose call comes to a contact that is registered with a peer.</summary>
    public PeerContacts Contacts { get; private set; }

    /// <summary>Who is banned; all lanes have the same. By default this lane's own.</summary>
    public BanList Bans { get => field ??= new BanList(Time); init; }

    /// <summary>What users and peers have used; all lanes have the same. By default this lane's own.</summary>
    public CallLedger Ledger { get => field ??= new CallLedger(Time); init; }

    /// <summary>What contacts are made with; all lanes have the same. By default this lane's own.</summary>
    public ContactKey ContactKey { get; init; } = ContactKey.Draw();

    /// <summary>Replaced whole when a host name resolves anew.</summary>
    public PeerTable PeerTable { get; set; }

    internal MediaLane Media { get; }

    /// <summary>Takes another model.</summary>
    /// <param name="model">Realms, peers and users that stay have their indexes.</param>
    /// <param name="peers">By index; of a removed peer what it was.</param>
    /// <param name="pools">This lane's, by realm and set of addresses; those that were there before are the same.</param>
    internal void Take(GatewayModel model, PeerState[] peers, PortPool[][] pools)
    {
        Users = [.. Users, .. model.Realms.Skip(Users.Length).Select(_ => new UserAllotments())];
        Media.Take(pools, model.Realms);
        Model = model;
        Peers = peers;
        PeerTable = PeerTable.With(model.Peers);
        Contacts = new PeerContacts(peers.Where(peer => !model.Peers[peer.Peer.Index].IsRemoved));
    }
}

/// <summary>What lanes have to say to the log; implemented by the program. Must not block.</summary>
public interface ICallLog
{
    /// <summary>A turn failed.</summary>
    /// <param name="lane">Its number.</param>
    /// <param name="call">Whose turn it was, by id; null if no call's.</param>
    /// <param name="fault">What stopped it.</param>
    void LaneFault(int lane, ulong? call, Exception fault);

    /// <summary>A call failed since it got no media port.</summary>
    /// <param name="call">Its id.</param>
    /// <param name="realm">Whose ports.</param>
    /// <param name="reason">Why there is none.</param>
    void NoMediaPorts(ulong call, string realm, PortTakeResult reason);

    /// <summary>A realm's media ports run short: told once, before calls fail.</summary>
    /// <param name="realm">Its name.</param>
    /// <param name="inUse">Pairs.</param>
    /// <param name="most">Pairs that ordinary calls may have.</param>
    void MediaPortsScarce(string realm, int inUse, int most);

    /// <summary>A call ended without giving a port back: a fault of ours.</summary>
    /// <param name="call">Its id; null if it is none any more.</param>
    /// <param name="realm">The port's.</param>
    /// <param name="port">Of RTP.</param>
    void MediaPortLeaked(ulong? call, string realm, ushort port);

    /// <summary>A peer does not answer pings any more, at none of its places.</summary>
    void PeerDown(string peer, PingLoss reason);

    /// <summary>A peer that was down answers again.</summary>
    void PeerUp(string peer);

    /// <summary>One of several places of a peer does not answer pings any more, or does again.</summary>
    /// <param name="reason">None: it answers again.</param>
    void PlaceChanged(string peer, SipHop place, PingLoss reason);

    /// <summary>The gateway is registered with a peer, for the first time or after a failure.</summary>
    void Registered(string peer, RegistrationStatus status);

    /// <summary>The first of perhaps many attempts to register that failed alike.</summary>
    void NotRegistered(string peer, RegistrationStatus status);

    /// <summary>SDP shows a private address to a public one.</summary>
    /// <param name="call">The id of the call whose SDP it is.</param>
    /// <param name="realm">Whose SDP.</param>
    /// <param name="shown">What it shows.</param>
    /// <param name="there">Where the far side is.</param>
    void UnreachableMedia(ulong call, string realm, IpAddress shown, IpAddress there);

    /// <summary>A phone behind NAT answers no more, so its binding has been removed.</summary>
    void FlowDead(string realm, BindingRecord binding);

    /// <summary>There is more to do than can be done: new requests are refused from now on, a share of them.</summary>
    /// <param name="lane">Its number.</param>
    /// <param name="cause">What is short of time.</param>
    /// <param name="waited">How long each input waited at the least; of a queue that is full perhaps not long.</param>
    void OverloadBegan(int lane, Overload.OverloadCause cause, TimeSpan waited);

    /// <summary>Nothing had to be refused for a while.</summary>
    /// <param name="lane">Its number.</param>
    /// <param name="cause">What was short of time.</param>
    /// <param name="lasted">Since it was said to begin.</param>
    /// <param name="refused">Requests.</param>
    void OverloadEnded(int lane, Overload.OverloadCause cause, TimeSpan lasted, long refused);

    /// <summary>A stream's source has settled, another has taken over, or one was refused.</summary>
    /// <param name="call">Its id; null if the call is over.</param>
    /// <param name="realm">Of the port that the packets came to.</param>
    /// <param name="source">What has become of it.</param>
    void MediaSource(ulong? call, string realm, in SourceEvent source);
}
