using System.Text;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Calls.Verdicts;
using SipAlg.Media;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Traces;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;
using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Calls;

/// <summary>
/// A gateway of one lane with scripted phones around it: signalling in memory on a clock that the test moves, media ports that are
/// real sockets on loopback addresses of this scene alone. Each message that the gateway sends is read, held against the rules
/// of the wire and searched for what belongs to another realm.
/// </summary>
public sealed class CallScene : IDisposable
{
    public const int T1 = 500;
    private const int Timeout = 64 * T1;
    private static readonly TimeSpan RelayPatience = TimeSpan.FromSeconds(30);

    private readonly SceneOptions _options;
    private readonly MediaRelay _relay;
    private readonly List<ScriptedPhone> _phones = [];
    private PortPool[][] _pools;
    private readonly EventRules _eventRules = new();
    private CallRules _rules;

    /// <summary>Of calls whose far sides keep the rules themselves; null for others.</summary>
    private WireRules? _wireRules;
    private readonly HiddenWords _hidden = new();
    private CallLane _calls = null!;

    /// <summary>Calls that ended badly before the scene was begun anew; their messages are kept all the same.</summary>
    private int _keptBefore;

    public CallScene(SceneOptions? options = null)
    {
        _options = options ?? new SceneOptions();
        Model = new SceneModel(_options);
        _relay = new MediaRelay(new MediaRelayOptions { Threads = 1 }, _options.MediaTime);
        _pools = [.. Model.Realms.Select(realm => Enumerable.Range(0, realm.Media.Sets).Select(_ => _relay.OpenPool(realm.Media.RangeOf(realm.Index), 0, 1)).ToArray())];
        Peers = [.. Model.Peers.Select(peer => new PeerState(peer, identities: Identities))];
        Harness = new LaneHarness(
            lane => _calls = new CallLane(Traced(lane), new CallRoom(Model.Gateway, Peers, _relay, _pools, Journal, Journal, new SceneTime(this)) { Names = Names, Bindings = _options.Bindings, Watch = _options.Watch, ContactKey = _options.ContactKey }), T1, Model.Listeners, _options.Lane, _options.Lane + 1, _options.Seed, _options.Gate, Identities);
        _relay.Start();
        _rules = new CallRules(() => Harness.Time.Now);
        _wireRules = _options.HasAgents ? new WireRules(() => Harness.Time.Now) : null;
        Alice = Phone("alice", SceneModel.Inside, SceneModel.AliceAddress, 5060);
        Bob = Phone("bob", SceneModel.Outside, SceneModel.BobAddress, 5060);
        Carol = Phone("carol", SceneModel.Outside, SceneModel.CarolAddress, 5060);
        Dave = Phone("dave", SceneModel.Six, SceneModel.DaveAddress, 5070);
    }

    private LaneContext Traced(LaneContext lane)
    {
        lane.Trace = _options.Trace == 0 ? null : new MessageTrace(_options.Trace, new SceneTime(this));
        return lane;
    }

    /// <summary>The messages that are kept of a call, each as "> INVITE" (to the gateway) or "&lt; 100".</summary>
    public string[] LadderOf(CallRecord call) => [.. MessagesOf(call).Select(Rung)];

    public IReadOnlyList<TracedMessage> MessagesOf(CallRecord call) => Harness.Context.Trace!.Read(call.Trace);

    private static string Rung(TracedMessage message)
    {
        var words = Encoding.UTF8.GetString(message.Octets).Split(' ', 3);
        return $"{(message.IsReceived ? ">" : "<")} {(words[0] == "SIP/2.0" ? words[1] : words[0])}{(message.IsRepeat ? " again" : "")}";
    }

    public SceneModel Model { get; }
    public LaneHarness Harness { get; }
    public RecordingJournal Journal { get; } = new();
    public PeerState[] Peers { get; }

    /// <summary>Who is known with TLS.</summary>
    public TlsIdentities Identities { get; } = new();

    /// <summary>Where hosts are that are named; asked by the gateway's lane.</summary>
    public SceneNames Names { get; } = new();
    public CallLane Calls => _calls;
    public ScriptedPhone Alice { get; }
    public ScriptedPhone Bob { get; }
    public ScriptedPhone Carol { get; }
    public ScriptedPhone Dave { get; }

    /// <summary>Sent to nobody of the scene.</summary>
    public List<SentMessage> Unclaimed { get; } = [];

    /// <summary>The pools of a model that takes the place of the first; those that there are stay.</summary>
    public PortPool[][] PoolsOf(GatewayModel model) => _pools = [.. model.Realms.Select(realm => realm.Index < _pools.Length
        ? _pools[realm.Index]
        : [.. Enumerable.Range(0, realm.Media.Sets).Select(_ => _relay.OpenPool(realm.Media.RangeOf(realm.Index), 0, 1))])];

    /// <summary>Media ports in use, of all realms.</summary>
    public int PortsInUse => _pools.Sum(realm => realm.Sum(pool => pool.InUse));

    /// <summary>Asked of each message to the gateway and from it: false loses it.</summary>
    public Func<SentMessage, bool> Passes { get; set; } = static _ => true;

    /// <summary>A phone of a realm; over TCP with the number of its connection.</summary>
    public ScriptedPhone Phone(string name, int realm, string address, ushort port, ulong connection = 0) =>
        Phone(name, realm, address, port, connection == 0 ? Transport.Udp : Transport.Tcp, connection, 0);

    /// <summary>A phone, or a system, at the far end of a connection with TLS, which the realm has to listen for.</summary>
    /// <param name="far">Number of who it has proven to be; 0 for nobody.</param>
    public ScriptedPhone Secure(string name, int realm, string address, ushort port, ulong connection, ushort far = 0) => Phone(name, realm, address, port, Transport.Tls, connection, far);

    private ScriptedPhone Phone(string name, int realm, string address, ushort port, Transport transport, ulong connection, ushort far)
    {
        var listener = Enumerable.Range(0, Model.Listeners.Count).First(index => Model.Listeners[index].Group == realm && Model.Listeners[index].Transport == transport);
        var local = Model.Listeners[listener].Address;
        var flow = new Flow(transport, listener, local, SceneModel.Endpoint(address, port), connection, far);
        var phone = new ScriptedPhone(this, name, realm, flow);
        _phones.Add(phone);
        _hidden.Add(realm, phone.Secret);
        if (flow.Remote.Address.IsV4)
        {
            _hidden.Add(realm, address);
            _hidden.Add(realm, local.Address.ToString());
        }

        return phone;
    }

    /// <summary>
    /// Begins anew on the same gateway, which has nothing left of what was before: what was recorded is forgotten, and so is what
    /// the rules of the wire have seen.
    /// </summary>
    public void Renew()
    {
        _keptBefore = Harness.Context.Trace?.Standing ?? 0;
        _rules = new CallRules(() => Harness.Time.Now);
        _wireRules = _options.HasAgents ? new WireRules(() => Harness.Time.Now) : null;
        _hidden.Forget();
        Journal.Ended.Clear();
        Journal.Exhausted.Clear();
        Journal.Faults.Clear();
        Unclaimed.Clear();
    }

    /// <summary>A word of one realm that must not be seen in another.</summary>
    public void Hide(int realm, string word) => _hidden.Add(realm, word);

    internal void Deliver(ScriptedPhone from, byte[] octets)
    {
        var sent = new SentMessage(Harness.Time.Now, from.Flow, octets, SendResult.Sent);
        if (Passes(sent))
        {
            _rules.FromPhone(sent);
            _wireRules?.FromPhone(sent);
            _eventRules.FromPhone(sent);
            Harness.Receive(from.Flow, octets);
        }

        Collect();
    }

    /// <summary>How far the wall clock has been set; what has passed is told by another one, which cannot be.</summary>
    public TimeSpan WallClockJump { get; set; }

    /// <summary>Moves the clock.</summary>
    public void Advance(long milliseconds)
    {
        Harness.Advance(milliseconds);
        Collect();
    }

    /// <summary>The resolver answers all that it has been asked.</summary>
    public void Resolve()
    {
        Names.Answer();
        Harness.RunPosted();
        Collect();
    }

    /// <summary>Something that another thread or the network would bring about.</summary>
    public void Turn(Action work)
    {
        Harness.Turn(work);
        Collect();
    }

    private void Collect()
    {
        foreach (var sent in Harness.Network.Take())
        {
            if (_options.ChecksMessages)
            {
                _rules.FromGateway(sent);
                _wireRules?.FromGateway(sent);
                _eventRules.FromGateway(sent);
                if (_options.ChecksHiding)
                {
                    _hidden.Check(Model.Listeners[sent.Flow.Listener].Group, sent);
                }
            }

            var phone = _phones.Find(candidate => candidate.Receives(sent.Flow));
            if (phone is null)
            {
                Unclaimed.Add(sent);
            }
            else if (Passes(sent))
            {
                phone.Receive(sent);
            }
        }
    }

    /// <summary>Lets every transaction run out, then nothing may be left: no call, dialog, subscription, transaction, timer, kept message or media port.</summary>
    public void End()
    {
        Advance(4L * Timeout);
        var what = (Owners: Calls.Owners, Transactions: Harness.Transactions.Count, Kept: Harness.Transactions.KeptMessages, Timers: Harness.Lane.Timers.Count);
        if (what != (0, 0, 0, 0))
        {
            throw new SceneException($"Left behind: {what}");
        }

        if (!SpinWait.SpinUntil(() => PortsInUse == 0, RelayPatience))
        {
            throw new SceneException($"{PortsInUse} media ports are still in use.");
        }

        if (Array.Find(Peers, peer => peer.ActiveCalls != 0) is { } busy)
        {
            throw new SceneException($"{busy.Peer.Name} still counts {busy.ActiveCalls} calls.");
        }

        if (Array.Find(Peers, peer => peer.Subscriptions.Taken != 0 || peer.Requests.Taken != 0) is { } taken)
        {
            throw new SceneException($"{taken.Peer.Name} still counts {taken.Subscriptions.Taken} subscriptions and {taken.Requests.Taken} requests.");
        }

        if (Journal.Leaked.Count > 0)
        {
            throw new SceneException($"Ports were not given back: {string.Join(", ", Journal.Leaked)}.");
        }

        if (Calls.Counters.Dialogs != 0)
        {
            throw new SceneException($"{Calls.Counters.Dialogs} dialogs are still counted.");
        }

        if (Calls.Counters.Subscriptions != 0)
        {
            throw new SceneException($"{Calls.Counters.Subscriptions} subscriptions are still counted.");
        }

        if (Harness.Context.Trace is { } trace && trace.Standing - _keptBefore > Journal.Ended.Count(Verdict.IsTroubled))
        {
            throw new SceneException($"{trace.Standing} calls still stand in the trace.");
        }

        if (_relay.Faults != 0)
        {
            throw new SceneException($"The relay survived {_relay.Faults} faults.");
        }
    }

    /// <summary>As the other, and there was one call, which ended so.</summary>
    public CallRecord End(CallCause cause, CallOutcome outcome, int status)
    {
        End();
        var record = Journal.Ended.Count == 1 ? Journal.Ended[0] : throw new SceneException($"{Journal.Ended.Count} calls were recorded.");
        var ended = (record.Cause, record.Outcome, record.Status);
        return ended == (cause, outcome, status) && record.Ended >= record.Started ? record : throw new SceneException($"The call ended as {ended}.");
    }

    public void Dispose() => _relay.Dispose();

    private sealed class SceneTime(CallScene scene) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => scene.Harness.Time.GetUtcNow() + scene.WallClockJump;
        public override long TimestampFrequency => scene.Harness.Time.TimestampFrequency;
        public override long GetTimestamp() => scene.Harness.Time.GetTimestamp();
    }
}
