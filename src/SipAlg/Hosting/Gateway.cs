using SipAlg.Calls.Admission;
using SipAlg.Calls.Bans;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Registrations;
using SipAlg.Configuration;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Traces;
using SipAlg.Signaling.Transports;

namespace SipAlg.Hosting;

/// <summary>The running gateway: lanes, transports and relay put together from the model. Everything else in the program watches or steers it.</summary>
internal sealed partial class Gateway : IAsyncDisposable
{
    /// <summary>Variable of the environment; 1: media are relayed in the kernel as before Linux 6.6.</summary>
    private const string WithoutTcx = "SIPALG_WITHOUT_TCX";

    private GatewayModel _model;
    private readonly ICallJournal _journal;
    private readonly ICallLog _log;
    private readonly IBindingJournal? _bindings;
    private readonly long _trace;
    private readonly TimeProvider _time;
    private PortPool[][][] _pools;
    private readonly List<CallLane> _calls = [];
    private readonly List<SipLane> _sip = [];
    private readonly List<LaneContext> _contexts = [];
    private volatile bool _isDraining;
    private volatile bool _isStopping;

    private Gateway(GatewayModel model, NameResolution names, ICallJournal journal, ICallLog log, TimeProvider time, IBindingJournal? bindings, ContactKey contacts, MediaSettings media, long trace, TlsContext tls)
    {
        Tls = tls;
        _trace = trace;
        Names = names;
        _model = model;
        _journal = journal;
        _log = log;
        _time = time;
        _bindings = bindings;
        Gate = new GateBoard(time) { Rules = RealmGates.Of(model, new PeerTable(model.Peers)) };
        LaneCount = model.Sip.Lanes;
        Listeners = ListenersOf(model);
        Contacts = contacts;
        _places = Peers = [.. model.Peers.Select(peer => new PeerState(peer, contacts, identities: tls.Identities))];
        Sockets = SocketChoice.Of(media.Sockets, SocketChoice.WantedBy(model), ProcessFacts.MostDescriptors);
        Relay = new MediaRelay(
            new MediaRelayOptions
            {
                LanesAnnounce = true, FastPath = media.FastPath != FastPath.Off, FastPathOnLoopback = media.FastPath == FastPath.Required,
                ShareSockets = Sockets.Shares, RunsFirst = media.Priority == RelayPriority.Fifo,
                FastPathWithoutTcx = Environment.GetEnvironmentVariable(WithoutTcx) == "1", ProgramLoader = Privileges.Loader,
            },
            time);
        _pools = [.. Enumerable.Range(0, LaneCount).Select(lane => PoolsOf(model, lane, []))];
    }

    /// <summary>What contacts are made with.</summary>
    public ContactKey Contacts { get; }

    public GatewayModel Model => Volatile.Read(ref _model);

    /// <summary>The clock that all lanes share for what peers do.</summary>
    public TimeProvider Time => _time;
    public int LaneCount { get; }

    /// <summary>Keys and names of TLS.</summary>
    private TlsContext Tls { get; }

    private ILiveWatch? Watch { get; init; }

    /// <summary>Says who is heard, before anything is parsed.</summary>
    public GateBoard Gate { get; }

    /// <summary>Who is banned.</summary>
    public required BanList Bans { get; init; }

    /// <summary>What users and peers have used.</summary>
    public required CallLedger Ledger { get; init; }

    /// <summary>As in the file.</summary>
    public PeerState[] Peers { get; private set; }

    /// <summary>Finds where hosts are.</summary>
    public NameResolution Names { get; }
    public MediaRelay Relay { get; }

    /// <summary>Whether media ports were to share sockets; whether they do says <see cref="MediaRelay.SharesSockets"/>.</summary>
    public SocketChoice Sockets { get; }
    public SignalingNetwork Network { get; private set; } = null!;

    /// <summary>By lane.</summary>
    public IReadOnlyList<CallLane> Calls => _calls;
    public IReadOnlyList<SipLane> Sip => _sip;
    public IReadOnlyList<LaneContext> Contexts => _contexts;

    /// <summary>The port pools of a realm in one lane, by set of addresses.</summary>
    public IReadOnlyList<PortPool> Pools(int lane, int realm) => Volatile.Read(ref _pools)[lane][realm];

    /// <summary>All registrations are in its lane.</summary>
    /// <summary>The address that a listener sends from to a far side; before the lanes run.</summary>
    public IpAddress LocalTowards(int listener, IpEndpoint remote) => _contexts[LaneNames.Registrations].Network.LocalAddressTowards(listener, remote);

    public Registrar Registrar => _calls[LaneNames.Registrations].Registrar!;

    public int ActiveCalls => _calls.Sum(lane => lane.Counters.Active);

    /// <summary>Registrations with peers that are being taken back.</summary>
    public int Unregistering => _calls.Sum(lane => lane.Trunks.Ending);

    public bool IsDraining => _isDraining;

    /// <summary>It drains for the last time.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Binds every listener and builds the lanes; nothing is served before <see cref="Start"/>.</summary>
    /// <exception cref="ListenerException">An address cannot be had.</exception>
    /// <exception cref="FastPathException">Media cannot be relayed in the kernel, as is required.</exception>
    public static Gateway Open(
        GatewayModel model, NameResolution names, ICallJournal journal, ICallLog log, TimeProvider time,
        IBindingJournal? bindings = null, ContactKey? contacts = null, MediaSettings? media = null, long trace = 0, ILiveWatch? watch = null,
        BanList? bans = null, CallLedger? ledger = null, TlsContext? tls = null)
    {
        var relayed = media ?? new MediaSettings(FastPath.Off, MediaSockets.PerPort, RelayPriority.Fair);
        var gateway = new Gateway(model, names, journal, log, time, bindings, contacts ?? ContactKey.Draw(), relayed, trace, tls ?? new TlsContext()) { Watch = watch, Bans = bans ?? new BanList(time), Ledger = ledger ?? new CallLedger(time) };
        gateway.Gate.Other = gateway.Bans;
        try
        {
            if (relayed.FastPath == FastPath.Required && !gateway.Relay.HasFastPath)
            {
                throw new FastPathException(gateway.Relay.FastPathRefusal);
            }

            gateway.Network = SignalingNetwork.Open(
                new NetworkOptions { Listeners = gateway.Listeners, Lanes = gateway.LaneCount, Tls = gateway.Tls, Gate = gateway.Gate, SeparatesStrangers = model.Sip.SeparatesStrangers }, time, new LaneNames(),
                lane => gateway.MakeLane(lane, [.. gateway.Listeners.Select(listener => listener.Group)]));
        }
        catch
        {
            gateway.Relay.Dispose();
            throw;
        }

        return gateway;
    }

    private SipLane MakeLane(ILane lane, int[] groups)
    {
        var context = new LaneContext(lane, groups) { Trace = _trace == 0 ? null : new MessageTrace(Math.Max(MessageTrace.Least, _trace / LaneCount), _time) };
        var calls = new CallLane(context, new CallRoom(_model, _places, Relay, _pools[lane.Number], _journal, _log, _time) { Names = Names, Bindings = _bindings, ContactKey = Contacts, Watch = Watch, Bans = Bans, Ledger = Ledger });
        var sip = new SipLane(context, calls, (int)_model.Sip.T1.TotalMilliseconds);
        _contexts.Add(context);
        _calls.Add(calls);
        _sip.Add(sip);
        return sip;
    }

    public void Start()
    {
        Relay.Start();
        Network.Start();
        ForEachLane(lane => lane.Trunks.Begin());
    }

    /// <summary>A peer's host name resolved: its calls go there, and calls from there are its.</summary>
    public void Found(PeerState peer, SipHops hops, IReadOnlyList<IpAddress> accepted)
    {
        peer.Hops.Set(hops);
        ForEachLane(lane =>
        {
            lane.Room.PeerTable = lane.Room.PeerTable.WithResolved(peer.Peer.Index, [.. accepted]);
            Post(lane);
        });
    }

    /// <summary>What a lane knows of who is heard is put up for all of them, by one: they learn the same in the same order.</summary>
    private void Post(CallLane lane)
    {
        if (ReferenceEquals(lane, _calls[0]))
        {
            Gate.Rules = RealmGates.Of(lane.Room.Model, lane.Room.PeerTable);
        }
    }

    /// <summary>The host name that a realm shows has other addresses.</summary>
    public void Advertise(Realm realm, AdvertiseRule rule)
    {
        _advertised[realm.Index] = rule;
        ForEachLane(lane =>
        {
            var realms = lane.Room.Model.Realms;
            lane.Room.Model = lane.Room.Model with { Realms = realms.SetItem(realm.Index, realms[realm.Index] with { Advertise = rule }) };
        });
    }

    /// <summary>New calls are refused from here on (or no longer); those that stand go on.</summary>
    /// <returns>false: the gateway stops, which is not taken back.</returns>
    public bool TryDrain(bool isDraining)
    {
        if (_isStopping && !isDraining)
        {
            return false;
        }

        _isDraining = isDraining;
        ForEachLane(lane => lane.IsDraining = isDraining);
        return true;
    }

    /// <summary>Completes when each lane has done what was posted to it before. A stuck lane does not: whoever waits sets a bound.</summary>
    public Task AllHeardAsync() => Task.WhenAll(Enumerable.Range(0, LaneCount).Select(number => AskAsync(number, static _ => true)));

    /// <summary>No new calls until the end.</summary>
    public void BeginStop()
    {
        _isStopping = true;
        TryDrain(true);
    }

    /// <summary>Ends every call. Completes when each lane has begun that.</summary>
    public Task HangUpAllAsync(CallCause cause) => Task.WhenAll(Enumerable.Range(0, LaneCount).Select(number => AskAsync(number, lane =>
    {
        lane.HangUpAll(cause);
        return true;
    })));

    /// <summary>What is kept of a call's messages; takes milliseconds, and no lane waits for it.</summary>
    public IReadOnlyList<TracedMessage> MessagesOf(CallRecord call) => call.Trace == 0 ? [] : _contexts[call.Lane].Trace?.Read(call.Trace) ?? [];

    /// <summary>Runs work on every lane, each in a turn of its own.</summary>
    public void ForEachLane(Action<CallLane> work)
    {
        for (var number = 0; number < LaneCount; number++)
        {
            Network.Lanes[number].Post(new LaneWork(_calls[number], work));
        }
    }

    /// <summary>Asks one lane, in a turn of its own. A stuck lane does not answer: whoever waits sets a bound.</summary>
    public Task<T> AskAsync<T>(int number, Func<CallLane, T> question)
    {
        var asked = new LaneQuestion<T>(_calls[number], question);
        Network.Lanes[number].Post(asked);
        return asked.Answer;
    }

    /// <summary>Ends transports and lanes. What each step waits for is bounded.</summary>
    /// <returns>false: a lane is stuck.</returns>
    public Task<bool> StopAsync(TimeSpan within) => Network.StopAsync(within);

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync().ConfigureAwait(false);
        Relay.Dispose();
    }
}
